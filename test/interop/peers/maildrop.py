"""Reads a whole maildrop over a plain socket and prints it as JSON: the judge of what a POP3 server shows.

Python's poplib loses the difference between CRLF and a bare LF, so the octets of RETR are read here directly.
Nothing is deleted. Usage: maildrop.py HOST PORT USER [--retr], the password on stdin.
"""

import base64
import hashlib
import json
import socket
import sys


class Session:
    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.greeting = self.status_line()

    def status_line(self) -> bytes:
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise SystemExit(f"connection ended within a reply: {line!r}")
        if not line.startswith(b"+OK"):
            raise SystemExit(f"refused: {line!r}")
        return line[:-2]

    def command(self, line: str) -> bytes:
        self.socket.sendall(line.encode() + b"\r\n")
        return self.status_line()

    def offers(self, capability: str) -> bool:
        self.socket.sendall(b"CAPA\r\n")
        if not self.file.readline().startswith(b"+OK"):
            return False
        lines = []
        while (line := self.file.readline()) not in (b".\r\n", b""):
            lines.append(line.split()[:1])
        return [capability.encode()] in lines

    def multi_line(self, line: str) -> bytes:
        """The octets of a multi-line reply, dot-unstuffed, up to the terminator (RFC 1939, section 3)."""
        self.command(line)
        # A line ends with CRLF here; a bare LF is part of a line.
        parts = []
        held = b""
        while True:
            piece = self.file.readline()
            if not piece:
                raise SystemExit(f"connection ended within {line}")
            held += piece
            if not held.endswith(b"\r\n"):
                continue
            if held == b".\r\n":
                return b"".join(parts)
            parts.append(held[1:] if held.startswith(b".") else held)
            held = b""


def numbered(octets: bytes) -> list:
    rows = []
    for line in octets.split(b"\r\n")[:-1]:
        number, _, rest = line.partition(b" ")
        rows.append((int(number), rest.decode("latin-1")))
    return rows


def main() -> None:
    host, port, user = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    session = Session(host, port)
    # Servers that hide 8-bit headers from older clients show the message itself after UTF8 (RFC 6856).
    if session.offers("UTF8"):
        session.command("UTF8")
    session.command("USER " + user)
    session.command("PASS " + sys.stdin.readline().rstrip("\n"))
    _, count, octets = session.command("STAT").split(b" ")[:3]
    sizes = numbered(session.multi_line("LIST"))
    uidls = numbered(session.multi_line("UIDL"))
    messages = []
    if "--retr" in sys.argv:
        for number, _ in uidls:
            content = session.multi_line(f"RETR {number}")
            digest = hashlib.sha256(content).hexdigest()
            messages.append({"number": number, "sha256": digest, "content": base64.b64encode(content).decode()})
    session.command("QUIT")
    answer = {"count": int(count), "octets": int(octets), "sizes": sizes, "uidls": uidls, "messages": messages}
    json.dump(answer, sys.stdout)


main()
