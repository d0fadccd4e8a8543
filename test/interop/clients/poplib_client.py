"""A user's program on Python's poplib. Settings as JSON on stdin, the outcome as JSON on stdout.

{"host", "port", "login", "password", "delete": [numbers]}: reads UIDL and every message, deletes, quits.
"""

import base64
import json
import poplib
import sys

poplib._MAXLINE = 100_000_000  # its own 2048 would refuse long lines


def main() -> dict:
    wanted = json.load(sys.stdin)
    try:
        session = poplib.POP3(wanted["host"], wanted["port"], timeout=60)
        session.user(wanted["login"])
        session.pass_(wanted["password"])
        count, octets = session.stat()
        listing = session.uidl()[1]
        uidls = [[int(row.split(b" ", 1)[0]), row.split(b" ", 1)[1].decode("latin-1")] for row in listing]
        messages = []
        for number, _ in uidls:
            lines = session.retr(number)[1]
            messages.append(base64.b64encode(b"".join(line + b"\r\n" for line in lines)).decode())
        for number in wanted.get("delete", []):
            session.dele(number)
        session.quit()
        return {"count": count, "octets": octets, "uidls": uidls, "messages": messages}
    except poplib.error_proto as refused:
        return {"refused": str(refused)}


json.dump(main(), sys.stdout)
