// What lies in an old server's store, read from its files: unlike a reading by POP3 or IMAP that changes nothing.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { localPartOf, type OldCompany, type Person } from "./old-company.ts";

/** One message as it is stored. */
export interface StoredMessage {
  readonly octets: Buffer;
  /** Letters of a Maildir's flags, such as "S" for seen; empty in an mbox, which has none beside its messages. */
  readonly flags: string;
}

/** Everything somebody has there, in the order of the store. */
export async function storedMail(company: OldCompany, person: Person): Promise<readonly StoredMessage[]> {
  const name = localPartOf(person.address);
  const domain = person.address.slice(name.length + 1);
  const places = [join(company.mailRoot, domain, name), join(company.mailRoot, name)];
  const place = places.find((path) => existsSync(path));
  if (place === undefined) throw new Error(`${person.address} has no mail below ${company.mailRoot}`);
  if (existsSync(join(place, "cur"))) return await maildirOf(place);
  const inbox = join(place, "INBOX");
  return mboxOf(await readFile(existsSync(inbox) ? inbox : place));
}

async function maildirOf(path: string): Promise<readonly StoredMessage[]> {
  const files = new Map<string, string>();
  for (const part of ["new", "cur"])
    for (const name of await readdir(join(path, part))) files.set(name, join(path, part, name));
  const names = [...files.keys()].sort();
  return await Promise.all(
    names.map(async (name) => ({
      octets: await readFile(files.get(name) ?? ""),
      flags: /:2,([A-Za-z]*)/.exec(name)?.[1] ?? "",
    })),
  );
}

function mboxOf(octets: Buffer): readonly StoredMessage[] {
  const entries = octets.toString("latin1").split(/^(?=From )/m);
  return entries.flatMap((entry) =>
    entry === "" ? [] : [{ octets: Buffer.from(entry, "latin1"), flags: "" }],
  );
}
