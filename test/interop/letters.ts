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

/** A letter that looks like something on a screen: HTML with colours, its subject and text far from ASCII. */
export function colouredLetter(): Buffer {
  const header = letter("=?utf-8?q?Picknick_f=C3=BCr_alle_=E2=80=93_12_=E2=82=AC?=", "", [
    "MIME-Version: 1.0",
    'Content-Type: multipart/alternative; boundary="or"',
  ]);
  const parts = [
    ...["--or", "Content-Type: text/plain; charset=utf-8", "", "Picknick am Fluß", ""],
    ...["--or", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", ""],
    ...['<body style=3D"background:#fff3d6"><h1 style=3D"color:#b3261e">Picknick am Flu=C3=9F</h1>'],
    ...["<table border=3D1><tr><td>Samstag<td>12 Uhr<tr><td>Beitrag<td>12 =E2=82=AC</table></body>"],
    ...["--or--", ""],
  ];
  return Buffer.concat([header, Buffer.from(parts.join("\r\n"))]);
}

/** What old maildrops hold besides plain letters; some of it no program would write today. */
export function awkwardLetters(): Buffer[] {
  const identical = letter("identical", "One text, three times.", ["Message-ID: <identical@example.com>"]);
  return [
    identical,
    letter("equal Message-ID", "The one body.", ["Message-ID: <equal@example.com>", "X-Copy: 1"]),
    identical,
    letter("equal Message-ID", "Another body.", ["Message-ID: <equal@example.com>", "X-Copy: 2"]),
    identical,
    Buffer.concat([trail(), letter("with a trail of hops", "Its newest hop is not its Date.")]),
    letter("dots", ".\r\n..\r\n...\r\n.end\r\n."),
    letter("8-bit", "Gr\xfc\xdfe in Latin-1, \xe2\x82\xac in UTF-8"),
    letter("long line", "x".repeat(20_000)),
    letter("From at the start of a line", "From here on\r\n\r\nFrom there"),
    letter("empty lines at the end", "\r\n\r\n\r\n"),
    Buffer.from("Subject: no body\r\n\r\n"),
    Buffer.from("no header at all, not even a blank line\r\n"),
    letter("two megabytes", `${"0123456789abcdef".repeat(4)}\r\n`.repeat(32_000)),
  ];
}

/** Three hops, the newest first, as trace fields are (RFC 5321, section 4.4). */
function trail(): Buffer {
  const hop = (number: number, date: string) =>
    `Received: from hop${number + 1}.example.com (hop${number + 1}.example.com [192.0.2.${number}])\r\n` +
    `\tby hop${number}.example.com (Postfix) with ESMTP id 4F${number}; ${date}\r\n`;
  return Buffer.from(
    hop(1, "Tue, 8 Sep 2020 23:59:59 -0700") +
      hop(2, "Tue, 8 Sep 2020 23:10:00 +0000 (UTC)") +
      hop(3, "Mon, 7 Sep 2020 10:15:01 +0200"),
  );
}
