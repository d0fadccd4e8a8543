// Messages for the tests: small letters, and the awkward ones that real maildrops hold.

/** A message with CRLF line ends. `extra` lines go between the standard header and the blank line. */
export function letter(subject: string, body: string, extra: readonly string[] = []): Buffer {
  const lines = [
    "From: Carl Example <carl@example.com>",
    "To: somebody@big-company.com",
    `Subject: ${subject}`,
    "Date: Mon, 7 Sep 2020 10:15:00 +0200",
    ...extra,
    "",
    body,
    "",
  ];
  return Buffer.from(lines.join("\r\n"), "latin1");
}

/** `count` letters that differ in their header, as letters do. */
export function letters(count: number, about = "letter"): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    letter(`${about} ${index + 1}`, `This is ${about} ${index + 1} of ${count}.`, [
      `Message-ID: <${about.replaceAll(" ", "-")}-${index + 1}@example.com>`,
    ]),
  );
}
