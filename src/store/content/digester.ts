/**
 * The digesting thread: writes large content to its files and learns its facts on the way, so that neither is done by
 * the thread that people wait for. Files are opened, synced and closed elsewhere. Octets of one file come in their
 * order, and each buffer goes back when it was written, for the next octets.
 */
import { writeSync } from "node:fs";
import { type MessagePort, workerData } from "node:worker_threads";
import { FactsReader, type MessageFacts } from "#mail/facts";

export interface DigesterData {
  readonly port: MessagePort;
}

export type ToDigester =
  /** The next octets of a file: so many of the buffer's first. */
  | {
      readonly kind: "octets";
      readonly file: number;
      readonly descriptor: number;
      readonly buffer: ArrayBuffer;
      readonly length: number;
    }
  /** All of it has come: asks for the facts. */
  | { readonly kind: "finish"; readonly file: number }
  | { readonly kind: "forget"; readonly file: number }
  | { readonly kind: "close" };

export type FromDigester =
  /** `trouble` is what the system said; the file is lost then. */
  | {
      readonly kind: "written";
      readonly file: number;
      readonly buffer: ArrayBuffer;
      readonly trouble: string | null;
    }
  | { readonly kind: "facts"; readonly file: number; readonly facts: MessageFacts };

const { port } = workerData as DigesterData;
const readers = new Map<number, FactsReader>();

port.on("message", (message: ToDigester) => {
  if (message.kind === "octets") take(message);
  else if (message.kind === "close") port.close();
  else {
    const facts = message.kind === "finish" ? readerOf(message.file).finish() : null;
    readers.delete(message.file);
    if (facts) port.postMessage({ kind: "facts", file: message.file, facts } satisfies FromDigester);
  }
});

function take({ file, descriptor, buffer, length }: Extract<ToDigester, { kind: "octets" }>): void {
  const octets = new Uint8Array(buffer, 0, length);
  let trouble: string | null = null;
  try {
    for (let written = 0; written < length; ) written += writeSync(descriptor, octets, written);
    readerOf(file).write(octets);
  } catch (error) {
    trouble = String(error);
  }
  port.postMessage({ kind: "written", file, buffer, trouble } satisfies FromDigester, [buffer]);
}

function readerOf(file: number): FactsReader {
  const reader = readers.get(file) ?? new FactsReader();
  readers.set(file, reader);
  return reader;
}
