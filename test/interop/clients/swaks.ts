import { run } from "../program.ts";
import type { Account, Outgoing, Sending } from "./account.ts";

/** How swaks should behave. */
export interface SwaksOptions {
  /** PLAIN or LOGIN; with a login in the account, PLAIN unless told. */
  readonly auth?: "PLAIN" | "LOGIN";
  /** Demand STARTTLS. */
  readonly tls?: boolean;
}

/** Sends with swaks, octets as they are. Exit codes: 23 MAIL refused, 24 every RCPT refused, 26 message refused, 28 AUTH refused. */
export async function swaksSend(
  account: Pick<Account, "server"> & Partial<Account>,
  mail: Outgoing,
  options: SwaksOptions = {},
): Promise<Sending> {
  const argv = ["swaks", "--server", account.server.host, "--port", String(account.server.port)];
  argv.push(
    "--from",
    mail.from,
    "--to",
    mail.to.join(","),
    "--data",
    "-",
    "--no-data-fixup",
    "--suppress-data",
  );
  argv.push("--helo", "laptop.example.com", "--timeout", "60");
  if (account.login !== undefined) {
    argv.push("--auth", options.auth ?? "PLAIN", "--auth-user", account.login);
    argv.push("--auth-password", account.password ?? "");
  }
  if (options.tls) argv.push("--tls");
  const done = await run(argv, { input: stuffed(mail.message) });
  const transcript = done.stdout.toString("utf8");
  return { exitCode: done.exitCode, stderr: done.stderr, transcript };
}

/** Without its own fixing up swaks sends what it is given: leading dots doubled, the terminator last. */
function stuffed(message: Buffer): Buffer {
  const text = message.toString("latin1").replaceAll(/(^|\r\n)\./g, "$1..");
  return Buffer.from(`${text.endsWith("\r\n") ? text : `${text}\r\n`}.\r\n`, "latin1");
}
