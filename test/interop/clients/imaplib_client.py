"""A user's program on Python's imaplib. Settings as JSON on stdin, the outcome as JSON on stdout.

{"host", "port", "login", "password", "messages": [base64]}: puts the messages into a new folder, reads them back,
flags, copies, moves, expunges and searches, and says what it saw.
"""

import base64
import imaplib
import json
import sys

FOLDER = '"Entw&APw-rfe/A B"'


def told(answer):
    """The data of an answer that must be OK."""
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {data}")
    return data


def text(octets):
    return octets.decode("latin-1") if isinstance(octets, bytes) else octets


def main() -> dict:
    wanted = json.load(sys.stdin)
    messages = [base64.b64decode(message) for message in wanted["messages"]]
    try:
        session = imaplib.IMAP4(wanted["host"], wanted["port"], timeout=60)
        session.login(wanted["login"], wanted["password"])
    except imaplib.IMAP4.error as refused:
        return {"refused": str(refused)}
    saw = {"capabilities": list(session.capabilities)}
    told(session.create(FOLDER))
    told(session.subscribe(FOLDER))
    saw["lsub"] = [text(row) for row in told(session.lsub('""', '"Entw*"'))]
    saw["list"] = [text(row) for row in told(session.list())]
    saw["namespace"] = text(told(session.namespace())[0])
    for message in messages:
        told(session.append(FOLDER, "(\\Seen $Label)", '"31-Jan-2025 10:20:30 +0100"', message))
    saw["count"] = int(told(session.select(FOLDER))[0])
    saw["uids"] = [int(uid) for uid in told(session.uid("SEARCH", "ALL"))[0].split()]
    rows = told(session.uid("FETCH", "1:*", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"))
    pairs = [row for row in rows if isinstance(row, tuple)]
    saw["heads"] = [text(head) for head, _ in pairs]
    saw["messages"] = [base64.b64encode(octets).decode() for _, octets in pairs]
    told(session.store("1", "-FLAGS", "(\\Seen)"))
    saw["flags"] = [text(row) for row in told(session.fetch("1:*", "(FLAGS)"))]
    saw["unseen"] = text(told(session.search(None, "UNSEEN"))[0])
    session.literal = "Grüße".encode()
    saw["subject"] = text(told(session.uid("SEARCH", "CHARSET", "UTF-8", "SUBJECT"))[0])
    told(session.copy("1:2", "Archive"))
    told(session.uid("MOVE", str(saw["uids"][-1]), "Trash"))
    told(session.store("1", "+FLAGS.SILENT", "(\\Deleted)"))
    saw["expunged"] = [text(row) for row in told(session.expunge())]
    saw["status"] = {
        name: text(told(session.status(name, "(MESSAGES UNSEEN)"))[0]) for name in [FOLDER, "Archive", "Trash"]
    }
    told(session.close())
    told(session.delete(FOLDER))
    session.logout()
    return saw


json.dump(main(), sys.stdout)
