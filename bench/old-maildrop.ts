/** The old side of the measurements: Debian's Dovecot with a Maildir that holds one sample, its indexes warm. */
import { type RunningDovecot, startDovecot } from "../test/interop/peers/dovecot.ts";
import { type Account, type Pulled, pullAll } from "./pop3-reader.ts";
import { messageOf, type Sample, samples } from "./samples.ts";

/** One maildrop on it. */
export interface OldMaildrop {
  readonly account: Account;
  /** What is in it, as the plain reader sees it. */
  readonly holds: Pulled;
  /** Octets of all messages. */
  readonly octets: number;
}

export const address = "anna@big-company.com";
export const password = "anna's old password";
/** Somebody who moves before anything is measured. */
export const first = "first@big-company.com";

/**
 * Dovecot makes an address wait that had a login refused, as the probe of `migration on` has: up to 15 s, which would
 * be all that is measured.
 */
const noPenalty = "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n";

/** The old side of a company: many people, each with a maildrop of the same kind and mail of their own. */
export interface OldMaildrops extends AsyncDisposable {
  readonly people: readonly OldMaildrop[];
}

/** Starts one with so many people. */
export async function startOldMaildrops(sample: Sample, count: number): Promise<OldMaildrops> {
  await using cleanup = new AsyncDisposableStack();
  const dovecot = cleanup.use(await startDovecot({ extra: noPenalty }));
  const names = Array.from({ length: count }, (_, n) => `person${n}@big-company.com`);
  await addPeople(dovecot, names);
  const people: OldMaildrop[] = [];
  for (const [person, login] of names.entries()) {
    const first = person * sample.messages;
    const messages = Array.from({ length: sample.messages }, (_, n) => messageOf(sample, first + n));
    await dovecot.deliver(login, messages);
    const account = { ...dovecot.pop3, login, password };
    people.push(
      await seen(
        account,
        messages.length,
        messages.reduce((sum, { length }) => sum + length, 0),
      ),
    );
  }
  const running = cleanup.move();
  return { people, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Starts one. */
export async function startOldMaildrop(sample: Sample): Promise<OldMaildrop & AsyncDisposable> {
  await using cleanup = new AsyncDisposableStack();
  const dovecot = cleanup.use(await startDovecot({ extra: noPenalty }));
  await addPeople(dovecot, [address]);
  let octets = 0;
  for (let n = 0; n < sample.messages; n++) {
    const message = messageOf(sample, n);
    octets += message.length;
    await dovecot.deliver(address, [message]);
  }
  const account = { ...dovecot.pop3, login: address, password };
  const old = await seen(account, sample.messages, octets);
  const running = cleanup.move();
  return { ...old, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** With the one who moves first, who has mail of either kind. */
async function addPeople(dovecot: RunningDovecot, addresses: readonly string[]): Promise<void> {
  await dovecot.addUsers([first, ...addresses].map((address) => ({ address, password })));
  const [mixed] = samples;
  if (mixed)
    await dovecot.deliver(
      first,
      [1, 2, 3].map((n) => messageOf(mixed, n)),
    );
}

/** As the plain reader sees it, which warms the indexes too. */
async function seen(account: Account, messages: number, octets: number): Promise<OldMaildrop> {
  const holds = await pullAll(account, { hash: true });
  if (holds.messages !== messages) throw new Error(`the old server has ${holds.messages} messages`);
  return { account, holds, octets };
}
