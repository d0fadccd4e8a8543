import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";

/** A thread of the store, and the port on which it is spoken to. */
export interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
}

const isTypeScript = import.meta.url.endsWith(".ts");

/**
 * Starts the module `name` of this folder as a thread. Run from its sources it is TypeScript, and needs the
 * condition under which `#room/file` means the sources.
 */
export function startThread(name: string, data: Readonly<Record<string, unknown>>): Thread {
  const { port1, port2 } = new MessageChannel();
  const transferList = [port2];
  const worker = new Worker(new URL(`./${name}${isTypeScript ? ".ts" : ".js"}`, import.meta.url), {
    name: `store ${name}`,
    workerData: { ...data, port: port2 },
    transferList,
    execArgv: ["--disable-warning=ExperimentalWarning", ...(isTypeScript ? ["--conditions=source"] : [])],
  });
  return { worker, port: port1 };
}
