"""The INTERNALDATE each message must have, in epoch milliseconds: its newest Received, else its Date.

Reads a JSON list of base64 messages, prints a JSON list. Null where the field in question is not written in
RFC 5322's own form, or is a Date that is there twice: there is no one right answer then, and no verdict.
"""

import base64
import email.parser
import email.policy
import email.utils
import json
import re
import sys

STRICT = re.compile(r"(\w{3}, )?\d{1,2} [A-Z][a-z]{2} (19[89]|20[0-4])\d \d\d:\d\d(:\d\d)? [+-][01]\d[0-5]\d( \([\w ]+\))?")


def verdict(octets: bytes):
    header = email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(octets)
    received = header.get_all("Received", [])
    if received:
        text = str(received[0]).rpartition(";")[2]
    else:
        dates = header.get_all("Date", [])
        text = str(dates[0]) if len(dates) == 1 else ""
    text = " ".join(text.split())
    if not STRICT.fullmatch(text):
        return None
    try:
        return int(email.utils.parsedate_to_datetime(text).timestamp() * 1000)
    except ValueError:  # no such day or time
        return None


json.dump([verdict(base64.b64decode(text)) for text in json.load(sys.stdin)], sys.stdout)
