/** A message to send, CRLF throughout, told apart from all others by its subject. */
export function letter(to: string, subject: string, from = "friend@example.net"): string {
  const head = [
    `From: A friend <${from}>`,
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(" ", ".")}@example.net>`,
    "Date: Mon, 02 Nov 2026 08:00:00 +0000",
  ];
  return `${head.join("\r\n")}\r\n\r\nHello,\r\n.a dot first\r\nand an end.\r\n`;
}

/** The subject of a message made by `letter`; "" where there is none. */
export function subjectOf(octets: Uint8Array): string {
  return /\r\nSubject: ([^\r]*)/.exec(Buffer.from(octets).toString("latin1"))?.[1] ?? "";
}
