// Python's imaplib and Perl's Mail::IMAPClient, each through a script beside this file.
import { fileURLToPath } from "node:url";
import { must } from "../program.ts";
import { deedsAsJson, type ImapVerbs, outcomesFromJson } from "./imap-verbs.ts";

/** Python's imaplib. */
export const imaplib: ImapVerbs = scripted("python3", "imaplib_deeds.py");

/** Perl's Mail::IMAPClient, which moves by COPY, \Deleted and EXPUNGE. */
export const mailImapClient: ImapVerbs = scripted("perl", "mail_imapclient_deeds.pl");

function scripted(interpreter: string, script: string): ImapVerbs {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return async (account, deeds) => {
    const input = deedsAsJson(account, deeds);
    return outcomesFromJson(Buffer.from(await must([interpreter, path], { input })));
  };
}
