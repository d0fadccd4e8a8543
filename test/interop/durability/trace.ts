/**
 * What strace wrote down of a program with all its threads, as calls that begin and end in an order of their own:
 * a call that ended before another began had its effect before it. Strings are all in hexadecimal (-xx), which
 * makes the rest of a line easy to read.
 */

/** One system call. */
export interface Call {
  readonly name: string;
  /** As printed. */
  readonly args: string;
  /** -1 where it failed. */
  readonly result: number;
  /** What the result is decorated with: the path of a file that was opened. */
  readonly opened: string | null;
}

/** A call begins or ends; most do both at once. */
export interface Moment {
  readonly phase: "begins" | "ends";
  readonly call: Call;
}

/** Every call that may change a file or tell somebody something, and those that could hide one. */
const traced = [
  "open openat openat2 creat write writev pwrite64 pwritev pwritev2 sendto sendmsg sendmmsg",
  "fsync fdatasync rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat rmdir",
  "truncate ftruncate fallocate copy_file_range sendfile splice lseek mmap dup dup2 dup3",
  "io_uring_setup io_uring_enter io_uring_register",
].flatMap((names) => names.split(" "));

/** The command line that runs a program under strace, which writes to `output` and stays out of the way. */
export function underStrace(output: string): readonly string[] {
  const whatIsPrinted = ["-yy", "-xx", "-s", "4000000", "-e", `trace=${traced.join(",")}`];
  return ["strace", "-D", "-f", "--seccomp-bpf", "-o", output, ...whatIsPrinted];
}

/** Whether strace has written everything down: the end of the first thread, the program's own, is its last word. */
export function isComplete(trace: string): boolean {
  const [, first] = /^(\d+) /.exec(trace) ?? [];
  const [, last] =
    /^(\d+) +\+\+\+ (?:exited with|killed by) .* \+\+\+\n$/.exec(
      trace.slice(trace.lastIndexOf("\n", trace.length - 2) + 1),
    ) ?? [];
  return first !== undefined && first === last;
}

interface Unfinished {
  readonly text: string;
  /** Its place among the moments. */
  readonly at: number;
}

/** Reads a trace. Throws when a line is not understood or a string was cut. */
export function readTrace(trace: string): readonly Moment[] {
  const moments: (Moment | null)[] = [];
  const unfinished = new Map<string, Unfinished>();
  for (const line of trace.split("\n")) {
    const [, thread = "", text = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (text === "" || text.startsWith("+++") || text.startsWith("---")) continue;
    if (text.endsWith(" <unfinished ...>")) {
      unfinished.set(thread, { text: text.slice(0, -" <unfinished ...>".length), at: moments.length });
      moments.push(null);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const begun = unfinished.get(thread);
    if (resumed && !begun) throw new Error(`a call is resumed that was not begun: ${line.slice(0, 200)}`);
    if (resumed && begun) {
      unfinished.delete(thread);
      const call = readCall(begun.text + (resumed[1] ?? ""));
      moments[begun.at] = { phase: "begins", call };
      moments.push({ phase: "ends", call });
    } else {
      const call = readCall(text);
      moments.push({ phase: "begins", call }, { phase: "ends", call });
    }
  }
  // What was under way when the program ended has no effect that anybody could rely on.
  return moments.filter((moment) => moment !== null);
}

function readCall(text: string): Call {
  const found = /^(\w+)\((.*)\) += (-?\d+|\?|0x[0-9a-f]+)(?:<([^>]*)>)?/.exec(text);
  if (!found) throw new Error(`a line of the trace is not understood: ${text.slice(0, 200)}`);
  const [, name = "", args = "", result = "", opened] = found;
  if (args.includes('"...')) throw new Error(`a string was cut: ${text.slice(0, 200)}`);
  return {
    name,
    args,
    result: result.startsWith("0x") ? 0 : Number(result.replace("?", "-1")),
    opened: opened === undefined ? null : fromHex(opened).toString(),
  };
}

/** The octets of a string in hexadecimal. */
function fromHex(text: string): Buffer {
  return Buffer.from(text.replaceAll("\\x", ""), "hex");
}

/** The file or socket that the first argument, a descriptor, stands for; null where it is none. */
export function target(call: Call): { readonly descriptor: number; readonly what: string } | null {
  const [, descriptor = "", what = "", deleted] =
    /^(\d+)<((?:->|[^>])*)>(\(deleted\))?/.exec(call.args) ?? [];
  if (descriptor === "") return null;
  // The second names of a file that was deleted are not ours to guess: nobody may write to it any more.
  const path = what.startsWith("\\x") ? fromHex(what).toString() : what;
  return { descriptor: Number(descriptor), what: deleted ? `${path} (deleted)` : path };
}

/** The strings among the arguments, in their order. */
export function strings(call: Call): readonly Buffer[] {
  const outside = call.args.replace(/<(?:->|[^>])*>/g, "");
  return [...outside.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text = ""]) => fromHex(text));
}

/** The last argument, a number. */
export function lastNumber(call: Call): number {
  const found = /(\d+)$/.exec(call.args);
  if (!found) throw new Error(`${call.name} has no number at its end: ${call.args.slice(-100)}`);
  return Number(found[1]);
}
