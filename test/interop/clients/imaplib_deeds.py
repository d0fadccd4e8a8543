"""Does deeds (see imap-verbs.ts) with Python's imaplib: JSON in, JSON out."""

import base64
import imaplib
import json
import re
import sys


def good(answer):
    """The data of an answer that must be OK."""
    kind, data = answer
    if kind != "OK":
        raise SystemExit(f"refused: {kind} {data}")
    return data


def rows(imap):
    for line in good(imap.uid("FETCH", "1:*", "(UID FLAGS)")):
        if line is not None:
            uid = int(re.search(rb"UID (\d+)", line).group(1))
            yield {"uid": uid, "flags": [flag.decode() for flag in imaplib.ParseFlags(line)]}


def act(imap, deed):
    kind, uid = deed["do"], str(deed.get("uid", ""))
    if kind == "append":
        good(imap.append(deed["folder"], None, None, base64.b64decode(deed["octets"])))
        return {}
    good(imap.select(deed["folder"]))
    if kind == "list":
        return {"rows": list(rows(imap))}
    if kind == "fetch":
        data = good(imap.uid("FETCH", uid, "(BODY.PEEK[])"))
        return {"octets": base64.b64encode(data[0][1]).decode()}
    if kind == "flag":
        good(imap.uid("STORE", uid, "+FLAGS", f"({deed['flag']})"))
    elif kind == "move":
        good(imap.uid("MOVE", uid, deed["to"]))
    elif kind == "delete":
        good(imap.uid("STORE", uid, "+FLAGS", "(\\Deleted)"))
        good(imap.uid("EXPUNGE", uid))
    return {}


# Python 3.11 does not know it yet.
imaplib.Commands.setdefault("MOVE", ("SELECTED",))
asked = json.load(sys.stdin)
with imaplib.IMAP4(asked["host"], asked["port"], timeout=60) as there:
    good(there.login(asked["login"], asked["password"]))
    json.dump([act(there, deed) for deed in asked["deeds"]], sys.stdout)
