import type { Endpoint } from "../loopback.ts";
import { run } from "../program.ts";
import type { Sending } from "./account.ts";

/** A load of equal messages. */
export interface Load {
  readonly from: string;
  readonly to: string;
  readonly messages: number;
  /** Sessions at once. */
  readonly sessions: number;
  /** Octets of each message's body. */
  readonly octets: number;
  readonly subject?: string;
}

/** Sends a load with Postfix's smtp-source. Any refusal ends it with a non-zero exit code. */
export async function smtpSource(server: Endpoint, load: Load): Promise<Sending> {
  const argv = ["smtp-source", "-s", String(load.sessions), "-m", String(load.messages)];
  if (load.subject !== undefined) argv.push("-S", load.subject);
  argv.push("-l", String(load.octets), "-f", load.from, "-t", load.to, `${server.host}:${server.port}`);
  const done = await run(argv, { limit: 120_000 });
  return { exitCode: done.exitCode, stderr: done.stderr, transcript: done.stdout.toString("utf8") };
}
