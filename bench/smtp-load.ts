/** Load as Postfix makes it: smtp-source, and smtp-sink where mail has to end. */
import { setTimeout as sleep } from "node:timers/promises";
import { awaitGreeting, type Endpoint, freePort, LOOPBACK } from "../test/interop/loopback.ts";
import { must, serveProgram } from "../test/interop/program.ts";

/** Sends messages of 5 KB over so many connections, each used again and again, and returns when all are accepted. */
export async function sendMail(to: Endpoint, recipient: string, messages: number, connections: number) {
  const load = ["-d", "-s", String(connections), "-m", String(messages), "-l", "5120"];
  const people = ["-f", "office@example.net", "-t", recipient];
  await must(["smtp-source", ...load, ...people, `${to.host}:${to.port}`], { limit: 300_000 });
}

/** A next hop that takes everything and counts it. */
export interface Sink extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Messages so far. */
  taken(): number;
}

/** Starts smtp-sink. */
export async function startSink(): Promise<Sink> {
  const endpoint = { host: LOOPBACK, port: await freePort() };
  const program = serveProgram(["smtp-sink", "-u", "nobody", "-c", `${LOOPBACK}:${endpoint.port}`, "200"]);
  await awaitGreeting(endpoint, program);
  return {
    endpoint,
    // Counters are printed over one another after each session and message.
    taken: () => Number(/.*mesg=(\d+)/s.exec(program.printed())?.[1] ?? 0),
    [Symbol.asyncDispose]: () => program.stop(),
  };
}

/** Waits, looking often, until `isDone`; throws after two minutes. */
export async function until(isDone: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) if (await isDone()) return;
  throw new Error("not done within two minutes");
}
