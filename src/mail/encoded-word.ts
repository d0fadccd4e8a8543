import iconv from "iconv-lite";
import { decodeCharset, knowsCharset } from "./charset.ts";

/** Enough for any field a person reads; the rest is cut. In octets. */
const maximumText = 64 * 1024;
const encodedWord = /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([BbQq])\?([^?]*)\?=/g;

interface Word {
  readonly charset: string;
  readonly octets: Buffer;
}

/**
 * Header text as people read it: encoded words (RFC 2047, with the language of RFC 2231 §5) decoded, raw 8-bit
 * octets taken as UTF-8 if they are, else as Windows-1252. A word in an unknown charset stays as it is.
 * @param text unfolded octets as latin1
 */
export function decodeWords(text: string): string {
  let decoded = "";
  let end = 0;
  let pending: Word | null = null;
  const flush = (): void => {
    if (pending !== null) decoded += decodeCharset(pending.octets, pending.charset) ?? "";
    pending = null;
  };
  const bounded = text.slice(0, maximumText);
  for (const match of bounded.matchAll(encodedWord)) {
    const word = readWord(match[1] ?? "", match[2] ?? "", match[3] ?? "");
    if (word === null) continue;
    const between = bounded.slice(end, match.index);
    // Blanks between two words are not shown; words of one charset may share a character's octets.
    if (pending === null || /[^ \t\r\n]/.test(between)) {
      flush();
      decoded += decodeRaw(between);
    } else if (pending.charset !== word.charset) flush();
    pending =
      pending === null
        ? word
        : { charset: word.charset, octets: Buffer.concat([pending.octets, word.octets]) };
    end = match.index + match[0].length;
  }
  flush();
  return decoded + decodeRaw(bounded.slice(end));
}

function readWord(charset: string, encoding: string, text: string): Word | null {
  if (!knowsCharset(charset)) return null;
  const octets =
    encoding.toUpperCase() === "B"
      ? Buffer.from(text, "base64")
      : Buffer.from(unquote(text.replaceAll("_", " "), /=([0-9A-Fa-f]{2})/g), "latin1");
  return { charset: charset.toLowerCase(), octets };
}

/** The octets that `%41` or `=41` stand for, as latin1. */
export function unquote(text: string, pattern: RegExp): string {
  return text.replace(pattern, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** 8-bit text that says nothing about its charset. */
export function decodeRaw(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  const octets = Buffer.from(text, "latin1");
  const utf8 = octets.toString("utf8");
  return utf8.includes("\ufffd") ? iconv.decode(octets, "windows-1252") : utf8;
}

/** Octets of UTF-8 in one word: it gets 64 characters, and so fits in a line of 76 after a field's name. */
const octetsInWord = 39;

/** Text as header fields may carry it: as it is if printable ASCII in words of some length, else as encoded words, one blank between them. */
export function encodeWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes("=?") && !/[^ ]{200}/.test(text)) return text;
  const words: string[] = [];
  let chunk = "";
  for (const character of text) {
    if (Buffer.byteLength(chunk + character) > octetsInWord) {
      words.push(chunk);
      chunk = "";
    }
    chunk += character;
  }
  words.push(chunk);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString("base64")}?=`).join(" ");
}
