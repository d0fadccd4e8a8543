"""A user's program on Python's smtplib. Settings as JSON on stdin, the outcome as JSON on stdout.

{"host", "port", "login"?, "password"?, "from", "to": [...], "message": base64}
"""

import base64
import json
import smtplib
import sys


def main() -> dict:
    wanted = json.load(sys.stdin)
    try:
        session = smtplib.SMTP(wanted["host"], wanted["port"], local_hostname="desktop.example.com", timeout=60)
        session.ehlo()
        if "login" in wanted:
            session.login(wanted["login"], wanted["password"])
        options = ["BODY=8BITMIME"] if session.has_extn("8bitmime") else []
        message = base64.b64decode(wanted["message"])
        refused = session.sendmail(wanted["from"], wanted["to"], message, mail_options=options)
        session.quit()
        return {"refused": reasons(refused)}
    except smtplib.SMTPRecipientsRefused as error:
        return {"refused": reasons(error.recipients)}
    except smtplib.SMTPResponseException as error:
        return {"failed": f"{error.smtp_code} {error.smtp_error.decode('utf-8', 'replace')}"}


def reasons(refused: dict) -> dict:
    return {to: f"{code} {text.decode('utf-8', 'replace')}" for to, (code, text) in refused.items()}


json.dump(main(), sys.stdout)
