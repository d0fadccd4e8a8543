/** What clients were promised, as it is looked for after a power cut. */
import { join } from "node:path";
import { openMaildrop } from "#mailbox/maildrop";
import { openSealingKeys } from "#store/keys";
import type { Store } from "#store/sqlite/open";
import { domain } from "../../crossing/mailferry.ts";
import { all, type Expectation } from "./judge.ts";

/** A message that was acknowledged is with all its recipients. */
export function delivered(
  id: string,
  octets: string,
  here: readonly string[],
  queued: readonly string[],
): Expectation {
  return async (store) => {
    for (const name of here) {
      const maildrop = await maildropOf(store, name);
      let found = 0;
      for (const { content } of maildrop) {
        const kept = (await all(await store.mail.read(content))).toString("latin1");
        if (kept.includes(`id ${id}`) && kept.endsWith(octets)) found++;
      }
      if (found !== 1) return `${name} has it ${found} times among ${maildrop.length}`;
    }
    const waiting = (await store.queue.list("", 1000)).filter(({ message }) => message.id === id);
    const addresses = waiting.map(({ address }) => address).sort();
    if (addresses.join() !== [...queued].sort().join()) return `the queue has it for [${addresses}] only`;
    for (const { message } of waiting) {
      const kept = await all(await store.queue.read(message.id, message.traceLength));
      if (kept.toString("latin1") !== octets) return "the queue has it, but not whole";
    }
    return null;
  };
}

/** Messages that were deleted are gone, and no others with them. */
export function deleted(name: string, uidls: readonly string[], left: number): Expectation {
  return async (store) => {
    const maildrop = await maildropOf(store, name);
    const still = maildrop.filter(({ uidl }) => uidls.includes(uidl)).length;
    if (still > 0) return `${still} of ${uidls.length} deleted messages are there again`;
    return maildrop.length === left ? null : `${maildrop.length} messages are left of ${left}`;
  };
}

/** Somebody who was let in for the first time is here: the listing of the old mail is whole, and can be copied. */
export function admitted(name: string, uidls: readonly string[]): Expectation {
  return async (store, data) => {
    const mailbox = await store.directory.mailbox(`${name}@${domain}`);
    if (!mailbox?.admitted || !mailbox.hasPassword) return "there is no such mailbox";
    const listed = (await maildropOf(store, name)).slice(0, uidls.length).map(({ uidl }) => uidl);
    if (listed.join() !== uidls.join()) return `${listed.length} old messages of ${uidls.length} are listed`;
    if ((await store.ledger.transfer(mailbox.id)) === null) return "nobody would copy the old mail";
    const migration = await store.ledger.migration(domain);
    const keys = await openSealingKeys(join(data, "keys"));
    return migration && (await keys.get(migration.sealingKey)) ? null : "the old password cannot be opened";
  };
}

async function maildropOf(store: Store, name: string) {
  const mailbox = await store.directory.mailbox(`${name}@${domain}`);
  const maildrop = mailbox && (await openMaildrop(store.mail, mailbox.id));
  return maildrop?.ok ? [...maildrop.value] : [];
}
