/** Ordinary mail for an example mailbox: the same for the same seed, of the kinds that people have. */

/** Small, seeded, good enough for sample mail. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const subjects = [
  "Minutes of the weekly meeting",
  "Offer for the new printers",
  "Re: holiday planning",
  "=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_dem_Lager?=",
  "Invoice",
  "Lunch?",
  "Fwd: timetable",
  "Your order has been shipped",
];
const paragraph =
  "Thank you for your message. We have looked at the figures again and found no difference to last month.\r\n";

/** The options of one mailbox's sample. */
export interface SampleOptions {
  /** Whose mailbox it is. */
  readonly to: string;
  readonly count: number;
  readonly seed: number;
  /** Date of the newest message, epoch milliseconds. */
  readonly newest: number;
}

/**
 * Sample messages, oldest first. Among them are three byte-identical ones and two that share a Message-ID
 * over different bodies, as real mailboxes have them.
 */
export function sampleMail({ to, count, seed, newest }: SampleOptions): readonly Buffer[] {
  const random = numbers(seed);
  const domain = to.slice(to.indexOf("@") + 1);
  const messages: Buffer[] = [];
  for (let n = 0; n < count; n++) {
    const date = new Date(newest - (count - n) * 6 * 3_600_000);
    const subject = `${subjects[Math.floor(random() * subjects.length)]} ${n + 1}`;
    const id = n === 8 ? 7 : n;
    const head = [
      `Received: from mail.example.net by old.${domain} with ESMTP; ${stamp(date)}`,
      `Message-ID: <${seed}.${id}@example.net>`,
      `From: Office <office@example.net>`,
      `To: <${to}>`,
      `Subject: ${subject}`,
      `Date: ${stamp(date)}`,
      "MIME-Version: 1.0",
    ];
    messages.push(Buffer.from(`${head.join("\r\n")}\r\n${body(n, random)}`, "latin1"));
    const twin = messages[3];
    if ((n === 4 || n === 5) && twin) messages[n] = twin;
  }
  return messages;
}

function body(n: number, random: () => number): string {
  const text = paragraph.repeat(1 + Math.floor(random() * 30));
  if (n % 5 !== 2)
    return `Content-Type: text/plain; charset=utf-8\r\n\r\n${text}.a line that starts with a dot\r\n`;
  const octets = Math.floor(20_000 + random() * (n % 20 === 2 ? 1_500_000 : 60_000));
  const attachment = Buffer.alloc(octets, Math.floor(random() * 250)).toString("base64");
  const lines = attachment.match(/.{1,76}/g) ?? [];
  const boundary = `=_part_${n}`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: text/plain; charset=us-ascii",
    "",
    text,
    `--${boundary}`,
    'Content-Type: application/pdf; name="figures.pdf"',
    "Content-Transfer-Encoding: base64",
    "",
    ...lines,
    `--${boundary}--`,
    "",
  ].join("\r\n");
}

function stamp(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}
