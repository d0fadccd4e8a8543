import { beforeEach, describe, expect, test } from "vitest";
import { reportJson } from "#http/report-json";
import { domain } from "../../../test/migration/house.ts";
import { ProofWorld } from "../../../test/migration/proof-world.ts";
import type { Certificate } from "./certificate.ts";
import { certifiedReport, liveReport, type Report } from "./report.ts";
import { reportCsv, reportLines } from "./report-csv.ts";
import { reportHtml } from "./report-html.ts";
import { reportText } from "./report-text.ts";
import { whatStays } from "./what-stays.ts";

const anna = `anna@${domain}`;
const evil = `=HYPERLINK("http://x") <script>alert(1)</script>\u001b[2J\u202e & 'more'`;
const remote = { state: "remote", content: null, octets: null, sha256: null } as const;

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(pieces)).join("");
}

/** RFC 4180 read back. */
function cellsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end !== ",") rows.push([]);
  }
  return rows.slice(0, -1);
}

let world: ProofWorld;
beforeEach(() => {
  world = new ProofWorld();
  const rows = [
    world.here("u1"),
    world.here("-2"),
    world.here("<b>", { ...remote, state: "skipped", reason: evil }),
    world.here("u4", { content: null, octets: null }),
    world.here("u5", { ...remote, content: 1 as never }),
    world.here("u6", { ...remote, content: 2 as never, reason: "-ERR broken" }),
    world.here("u7", { missingSince: -1 }),
  ];
  world.person("anna", ["u1", "-2", "<b>", "u4", "u5", "u6"], rows);
  world.person("bob", ["u1"], [world.here("u1")]);
});

async function certified(): Promise<Certificate> {
  const given = [{ address: anna, by: "the <administrator>", what: "what is left" }];
  const outcome = await world.proofs.certify(domain, new AbortController().signal, given);
  if (!outcome.ok) throw new Error(outcome.problem.text);
  return outcome.value;
}
const report = async (only: string | null = null) => certifiedReport(world.tools, await certified(), only);
const live = (only: string | null = null) => liveReport(world.tools, domain, world.migration, only);

describe("text", () => {
  test("figures of every mailbox, then everything that is not here by name", async () => {
    const text = await whole(reportText(await report()));
    expect(text).toMatch(
      /^Mail of big-company\.com, from its old server to here\n\nThe sum closes but for what was given up/,
    );
    expect(text).toMatch(/Old server +pop3:\/\/10\.0\.0\.5:110 \(TLS: none\)/);
    expect(text).toMatch(/^anna@big-company\.com +6 +2 +1 +1 +2 +1 +1 +60 +30 {2}given up$/m);
    expect(text).toMatch(/^bob@big-company\.com +1 +1 +0 +0 +0 +0 +1 +10 +15 {2}closes$/m);
    expect(text).toMatch(/^2 mailboxes +7 +3 +1 +1 +2 +1 +2 +70 +45$/m);
    expect(text).toContain("    unaccounted  u6  10 octets  -ERR broken\n");
    expect(text).toContain("    unaccounted  u5  10 octets  It waits to be copied.\n");
    expect(text).toContain(
      "    gone there  u7  10 octets  not listed since 1969-12-31 23:59:59 UTC: copied before\n",
    );
    expect(text).toContain("anna@big-company.com: what is left (said by the <administrator>)");
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });

  test("an old server that is known to mark what POP3 reads is told as such", async () => {
    const made = await report();
    expect(await whole(reportText(made))).not.toContain("Reading there");
    const greeting = "Dovecot (Debian) ready.";
    const other = { ...made, head: { ...made.head, facts: { greeting, fingerprint: null } } };
    expect(await whole(reportText(other))).toMatch(/^Reading there +Unless .*, it marks .* as seen\.$/m);
  });

  test("while the move goes on it says so, and names trouble, not what waits for its turn", async () => {
    const text = await whole(reportText(live()));
    expect(text).toContain("Not finished.");
    expect(text).toMatch(/^anna@big-company\.com +6 +2 +1 +1 +2 +1 .* on the way$/m);
    expect(text).toMatch(/^bob@big-company\.com .* ok so far$/m);
    expect(text).toContain("unaccounted  u6");
    expect(text).not.toContain("unaccounted  u5");
    expect(text).toContain("Check mailboxes of big-company.com once more");
  });
});

test("E10: every report says what does not move, and what to do, in plain words", async () => {
  for (const made of [await report(), live()]) {
    const text = await whole(reportText(made));
    const page = await whole(reportHtml(made));
    const { notMoved } = JSON.parse(await whole(reportJson(made, null)));
    expect(notMoved).toHaveLength(whatStays.length);
    for (const { what, todo } of whatStays) {
      expect(text).toContain(`${what}: ${todo}`);
      expect(page).toContain(what);
      expect(page).toContain(todo.replaceAll("'", "&#39;"));
      expect(notMoved).toContainEqual({ what, do: todo });
    }
    expect(text).toMatch(/Sieve.*Forwards.*Automatic replies.*Address books.*Calendars/s);
  }
});

test("html: one page, nothing from elsewhere, nothing that others wrote is obeyed", async () => {
  const page = await whole(reportHtml(await report()));
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).not.toMatch(/<script|<b>|<administrator>|<img|<link|@import|url\(|[\u001b\u202e]/i);
  expect(page).not.toMatch(/(?:src|href)\s*=/i);
  expect(page).toContain("=HYPERLINK(&#34;http://x&#34;) &#60;script&#62;alert(1)&#60;/script&#62;");
  expect(page).toContain("<code>&#60;b&#62;</code>");
  for (const name of [
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "tfoot",
    "small",
    "code",
    "dl",
    "h3",
    "p",
  ]) {
    const opened = page.match(new RegExp(`<${name}[ >]`, "g"))?.length ?? 0;
    expect([name, page.match(new RegExp(`</${name}>`, "g"))?.length ?? 0]).toEqual([name, opened]);
  }
});

describe("csv", () => {
  test("every message once; no field is a formula", async () => {
    const csv = await whole(reportCsv(await report()));
    const [heading, ...rows] = cellsOf(csv);
    expect(heading).toHaveLength(13);
    expect(rows).toHaveLength(8);
    for (const row of rows) expect(row).toHaveLength(13);
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(rows.map((row) => `${row[1]} ${row[2]} ${row[5]}`)).toEqual([
      "1 u1 here",
      "2 '-2 here",
      "3 <b> skipped",
      "4 u4 deleted",
      "5 u5 unaccounted",
      "6 u6 unaccounted",
      " u7 here",
      "1 u1 here",
    ]);
    expect(rows[2]?.[8]).toMatch(/^'=HYPERLINK\("http:\/\/x"\)/);
    expect(rows[5]?.[8]).toBe("'-ERR broken");
    expect(rows[6]?.[9]).toBe("1969-12-31T23:59:59.999Z");
  });

  test("of one mailbox", async () => {
    const rows = async (made: Report) => cellsOf(await whole(reportCsv(made))).length;
    expect([await rows(await report(anna)), await rows(live(anna)), await rows(live("nobody@x"))]).toEqual([
      8, 8, 1,
    ]);
  });
});

describe("what a message that is not here says of itself", () => {
  beforeEach(() => {
    world = new ProofWorld();
  });
  const date = Date.UTC(2025, 5, 2, 8);
  const told = { subject: "Invoice 7", from: "Carol <carol@example.net>", date };
  const wicked = { subject: evil, from: "＝cmd|' /C calc'!A0 <b@example.net>", date: null };
  const rows = (heading: typeof told | typeof wicked | null) => [
    world.here("u1"),
    world.here("u2", { ...remote, state: "skipped", reason: "internal data of the old server", heading }),
    world.here("u3", { ...remote, content: 2 as never, reason: "-ERR broken", heading }),
    world.here("u4", { missingSince: -1, heading }),
  ];
  const tell = (heading: typeof told | typeof wicked | null) =>
    world.person("anna", ["u1", "u2", "u3"], rows(heading));

  test.each(["certified", "live"])("stands beside its unique-id in every form (%s)", async (kind) => {
    tell(told);
    const made = kind === "live" ? live(anna) : await report(anna);
    const text = await whole(reportText(made));
    const line = '      "Invoice 7", from Carol <carol@example.net>, 2025-06-02 08:00:00 UTC\n';
    expect(text.split(line)).toHaveLength(4);
    expect(text).not.toContain("not known");
    const page = await whole(reportHtml(made));
    expect(page).toContain(
      'data-title="Message">Invoice 7<small>Carol &#60;carol@example.net&#62;</small><small>2025-06-02 08:00:00 UTC</small>',
    );
    const { mailboxes } = JSON.parse(await whole(reportJson(made, null)));
    const iso = new Date(date).toISOString();
    expect(mailboxes[0].named).toMatchObject(
      ["u2", "u3", "u4"].map((uniqueId) => ({ uniqueId, subject: told.subject, from: told.from, date: iso })),
    );
    const cells = cellsOf(await whole(reportCsv(made)));
    expect(cells.map((row) => row.slice(10))).toEqual([
      ["subject", "from", "date"],
      ["", "", ""],
      ...["u2", "u3", "u4"].map(() => [told.subject, told.from, iso]),
    ]);
    expect((await Array.fromAsync(made.mailboxes()))[0]?.reasons[0]).toBe(
      'message u3 (10 octets; "Invoice 7", from Carol <carol@example.net>, 2025-06-02 08:00:00 UTC): -ERR broken',
    );
  });

  test("is in no hash, so that a certificate from before there were any is as good", async () => {
    tell(null);
    const before = await certified();
    const text = await whole(reportText(certifiedReport(world.tools, before, anna)));
    expect(text).toContain("      subject and sender are not known\n");
    world = new ProofWorld();
    tell(told);
    expect((await certified()).root).toBe(before.root);
  });

  test("is obeyed by nothing", async () => {
    tell(wicked);
    const made = await report(anna);
    for (const form of [reportText, reportHtml, reportCsv])
      expect(await whole(form(made))).not.toMatch(/[\u001b\u202e]/);
    expect(await whole(reportHtml(made))).not.toMatch(/<script|<b@/i);
    for (const cell of cellsOf(await whole(reportCsv(made))).flat())
      expect(cell).not.toMatch(/^\s*[=+\-@＝]/);
  });
});

test("lines: what the roots are made of", async () => {
  const certificate = await certified();
  const lines = (await whole(reportLines(certifiedReport(world.tools, certificate, null)))).split("\n");
  const proof = await world.store.proof(certificate.id, anna);
  expect(lines[0]).toBe(`# ${anna} ${proof?.root}`);
  expect(lines[1]).toMatch(/^here u1 10 0 15 [0-9a-f]{64}$/);
  expect(lines).toHaveLength(1 + 6 + 1 + 1 + 1);
});
