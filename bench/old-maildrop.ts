/** The old side of the measurements: Debian's Dovecot with a Maildir that holds one sample, its indexes warm. */
import { startDovecot } from "../test/interop/peers/dovecot.ts";
import { type Account, type Pulled, pullAll } from "./pop3-reader.ts";
import { messageOf, type Sample } from "./samples.ts";

export interface OldMaildrop extends AsyncDisposable {
  readonly account: Account;
  /** What is in it, as the plain reader sees it. */
  readonly holds: Pulled;
  /** Octets of all messages. */
  readonly octets: number;
}

export const address = "anna@big-company.com";
export const password = "anna's old password";

/**
 * Dovecot makes an address wait that had a login refused, as the probe of `migration on` has: up to 15 s, which would
 * be all that is measured.
 */
const noPenalty = "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n";

/** Starts one. */
export async function startOldMaildrop(sample: Sample): Promise<OldMaildrop> {
  await using cleanup = new AsyncDisposableStack();
  const dovecot = cleanup.use(await startDovecot({ extra: noPenalty }));
  await dovecot.addUser({ address, password });
  let octets = 0;
  for (let n = 0; n < sample.messages; n++) {
    const message = messageOf(sample, n);
    octets += message.length;
    await dovecot.deliver(address, [message]);
  }
  const account = { ...dovecot.pop3, login: address, password };
  const holds = await pullAll(account, { hash: true });
  if (holds.messages !== sample.messages) throw new Error(`the old server has ${holds.messages} messages`);
  const running = cleanup.move();
  return { account, holds, octets, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
