/** The mail that is moved in the measurements: the same octets in every run. */

/** One set of old mail. */
export interface Sample {
  readonly name: string;
  readonly title: string;
  readonly messages: number;
  /** Octets of the n-th message, CRLF counted. */
  readonly sizeOf: (n: number) => number;
}

const kilo = 1000;
const mega = 1000 * kilo;

/** 70 MB in 1,000 messages: most are small, one in ten has an attachment. */
const mixedSize = (n: number): number => (n % 10 === 3 ? 550 * kilo + (n % 7) * 20 * kilo : 4 * kilo + n * 8);

export const samples: readonly Sample[] = [
  { name: "mixed", title: "1,000 messages, 70 MB", messages: 1000, sizeOf: mixedSize },
  { name: "small", title: "20,000 of 2-6 KB", messages: 20_000, sizeOf: (n) => 2000 + ((n * 7919) % 4000) },
  { name: "large", title: "200 of 2.5 MB", messages: 200, sizeOf: () => 2.5 * mega },
];

/** The n-th message of a sample, of exactly its size. No two are alike. */
export function messageOf(sample: Sample, n: number): Buffer {
  const date = new Date(1_700_000_000_000 + n * 600_000).toUTCString().replace("GMT", "+0000");
  const size = sample.sizeOf(n);
  const isLarge = size > 50 * kilo;
  const head = [
    "Return-Path: <office@example.net>",
    `Received: from mail.example.net by old.big-company.com with ESMTP id ${n}; ${date}`,
    `Message-ID: <${sample.name}.${n}@example.net>`,
    "From: Office <office@example.net>",
    "To: anna@big-company.com",
    `Subject: Measured message ${n}`,
    `Date: ${date}`,
    "MIME-Version: 1.0",
    isLarge
      ? "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64"
      : "Content-Type: text/plain; charset=us-ascii",
  ];
  const header = Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1");
  const body = Buffer.alloc(size - header.length, line(isLarge, n));
  // Ends with one CRLF, wherever the last line was cut.
  body.write("..\r\n", body.length - 4, "latin1");
  if (body[body.length - 5] === 13) body[body.length - 5] = 46;
  return Buffer.concat([header, body]);
}

function line(isLarge: boolean, n: number): string {
  const text = isLarge
    ? `${n}TWFpbGZlcnJ5`.repeat(9).slice(0, 76)
    : `Line of message ${n}, as long as people write.`;
  return `${text}\r\n`;
}

/** A smaller set of the same kind, for trying the harness. */
export function scaled(sample: Sample, part: number): Sample {
  return part === 1 ? sample : { ...sample, messages: Math.max(10, Math.round(sample.messages * part)) };
}
