/** The parameters behind a path (RFC 5321 §4.1.2, esmtp-params), by a table of those that are known. */
import { misread, type Parsed, parsed } from "./reply.ts";

/** One parameter that a command takes. */
export interface Parameter<T> {
  /** What to say when it cannot be read. */
  readonly syntax: string;
  /** @param value null when there was none; @returns undefined when it cannot be read */
  read(value: string | null): T | undefined;
}

/** The values of those parameters that were given. */
export type Parameters<Known> = {
  readonly [Keyword in keyof Known]?: Known[Keyword] extends Parameter<infer T> ? T : never;
};

/** Reads all parameters; unknown and repeated ones are refused. Keywords in `known` are in upper case. */
export function parseParameters<Known extends Readonly<Record<string, Parameter<unknown>>>>(
  text: string,
  known: Known,
): Parsed<Parameters<Known>> {
  const values: Record<string, unknown> = {};
  for (const word of text.split(/[ \t]+/)) {
    if (word === "") continue;
    const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=(.+))?$/.exec(word);
    if (!match) return misread(501, "5.5.4", "Parameters are keywords with or without =value");
    const keyword = (match[1] ?? "").toUpperCase();
    const parameter = Object.hasOwn(known, keyword) ? known[keyword] : undefined;
    if (!parameter) return misread(555, "5.5.4", `The parameter ${keyword} is not known here`);
    if (Object.hasOwn(values, keyword)) return misread(501, "5.5.4", `${keyword} came twice`);
    const value = parameter.read(match[2] ?? null);
    if (value === undefined) return misread(501, "5.5.4", parameter.syntax);
    values[keyword] = value;
  }
  return parsed(values as Parameters<Known>);
}
