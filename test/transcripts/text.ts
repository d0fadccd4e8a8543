/** The text of a transcript's line: what octets it stands for, and what lines it matches. */

/** Names bound so far: "$uid1" → "4711". */
export type Names = Map<string, string>;

const piece =
  /\\x([0-9a-fA-F]{2})|\\b64\{([^}]*)\}|\\\{([^{}]+?)\*(\d+)\}|\\([rnt0\\.$ ])|(\$[a-z][A-Za-z0-9]*)|(\.\.\.)|([^\\$.]+|.)/gsu;

const escapes: Record<string, string> = {
  r: "\r",
  n: "\n",
  t: "\t",
  "0": "\0",
  "\\": "\\",
  ".": ".",
  $: "$",
  " ": " ",
};

type Piece =
  | { readonly is: "octets"; readonly octets: string }
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "anything" };

function* pieces(text: string): Generator<Piece> {
  for (const [, hex, base64, repeated, times, escaped, name, anything, plain] of text.matchAll(piece)) {
    if (hex !== undefined) yield { is: "octets", octets: String.fromCharCode(Number.parseInt(hex, 16)) };
    else if (base64 !== undefined)
      yield { is: "octets", octets: Buffer.from(octetsOf(base64, new Map()), "latin1").toString("base64") };
    else if (repeated !== undefined) yield { is: "octets", octets: repeated.repeat(Number(times)) };
    else if (escaped !== undefined) yield { is: "octets", octets: escapes[escaped] ?? escaped };
    else if (name !== undefined) yield { is: "name", name };
    else if (anything !== undefined) yield { is: "anything" };
    else yield { is: "octets", octets: Buffer.from(plain ?? "").toString("latin1") };
  }
}

/** Whether sending the text needs a name that nothing has bound yet. */
export function needsNames(text: string, names: Names): boolean {
  return [...pieces(text)].some((part) => part.is === "name" && !names.has(part.name));
}

/** The octets to send, in a latin1 string. Names must be bound; `...` stands for itself. */
export function octetsOf(text: string, names: Names): string {
  let octets = "";
  for (const part of pieces(text)) {
    if (part.is === "octets") octets += part.octets;
    else if (part.is === "anything") octets += "...";
    else octets += names.get(part.name) ?? fail(part.name);
  }
  return octets;
}

function fail(name: string): never {
  throw new Error(`${name} is sent before any line has bound it`);
}

/**
 * Whether a line that came (latin1, without CRLF) is the one expected. `...` stands for any octets; a name
 * for what it is bound to, or, at first, for a run of octets without space, which it is bound to if the whole
 * line matches.
 */
export function matches(expected: string, line: string, names: Names): boolean {
  let source = "";
  const fresh: string[] = [];
  for (const part of pieces(expected)) {
    if (part.is === "octets") source += RegExp.escape(part.octets);
    else if (part.is === "anything") source += "[^]*";
    else if (names.has(part.name)) source += RegExp.escape(names.get(part.name) ?? "");
    else if (fresh.includes(part.name)) source += `\\k<${part.name.slice(1)}>`;
    else {
      source += `(?<${part.name.slice(1)}>[^ ]+?)`;
      fresh.push(part.name);
    }
  }
  const found = new RegExp(`^${source}$`).exec(line);
  if (!found) return false;
  for (const name of fresh) names.set(name, found.groups?.[name.slice(1)] ?? "");
  return true;
}
