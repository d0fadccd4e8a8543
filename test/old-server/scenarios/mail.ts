/** Messages that scenarios put into mailboxes. */

/** A short message, CRLF throughout. */
export function plainMail(to: string, subject: string, further: readonly string[] = []): Buffer {
  const head = [
    "Received: from mail.example.net by old.big-company.com with ESMTP; Mon, 02 Nov 2026 08:00:00 +0000",
    "From: A friend <friend@example.net>",
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(/[^a-z0-9]/gi, ".")}@example.net>`,
    "Date: Mon, 02 Nov 2026 08:00:00 +0000",
    ...further,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\nHello,\r\n.a dot first\r\nand an end.\r\n`, "latin1");
}
