/**
 * The pages before 50,000 mailboxes: how soon they paint and can be worked with, how soon the filter answers, and
 * what the browser has to fetch.
 *
 *   npm run bench -- pages [--rounds 5] [--mailboxes 50000] [--keep] [--write]
 *
 * In the meantime nothing else should run: a browser needs both of two processors.
 *
 * With `--keep` nothing is measured: the server stays, for whoever wants to look.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Company, domain } from "../test/crossing/company.ts";
import { seedLargeMove } from "./large-move.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { median, option } from "./rounds.ts";
import { openChromium, openPage, type PageTimes, type SignedIn, timeTyping } from "./watched-page.ts";

const rounds = option("rounds", 5);
const mailboxes = option("mailboxes", 50_000);
const load = loadNow();
const administrator = { name: "carol", password: "correct horse battery" };
await using company = await Company.start();
const base = `http://127.0.0.1:${company.ports.http}/`;
const signedIn = await setUp();
await company.kill();
const begun = performance.now();
const [failing, copying, missing, ledgers, messages] = [200, 1500, 3000, 500, 400];
seedLargeMove(join(company.data, "mailferry.db"), {
  ...{ domain, mailboxes, failing, copying, missing, ledgers, messages },
});
process.stderr.write(`seeded in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
await company.startServer();
if (process.argv.includes("--keep")) {
  const { name, password } = administrator;
  process.stdout.write(`${base} as ${name}, ${password}; end with Ctrl-C\n`);
  await sleep(2 ** 31 - 1);
}

await using browser = await openChromium();
const overview = `of [\\d,]+ people over`;
const looks = [
  ["sign-in page", "", "Sign in", null],
  ["overview", "#/", overview, signedIn],
  ["move of the domain", `#/domain/${domain}`, "Need a look.*Show all", signedIn],
  ["mailboxes", `#/mailboxes/${domain}`, "mailboxes found.*person\\.00049", signedIn],
  [
    `one mailbox, ${messages * 100} messages in its ledger`,
    `#/mailbox/person.00000@${domain}`,
    "What became of it.*copied",
    signedIn,
  ],
] as const;
const rows: string[][] = [];
for (const [name, page, whole, who] of looks) {
  const seen: PageTimes[] = [];
  for (let round = 0; round < rounds; round++)
    seen.push(await openPage(browser, `${base}${page}`, whole, who));
  const ms = (of: (times: PageTimes) => number) => `${Math.round(median(seen.map(of)))} ms`;
  rows.push([
    ...[name, ms(({ firstPaint }) => firstPaint), ms((times) => times.whole)],
    ...[`${Math.round(Math.max(...seen.map((times) => times.whole)))} ms`, "1,000 ms"],
    `${Math.round(median(seen.map(({ octets }) => octets)) / 1024)} KB, ${seen[0]?.requests} requests`,
  ]);
  process.stderr.write(`${rows.at(-1)?.join("  ")}\n`);
}
rows.push(["sign-in and overview together", "–", "–", "–", "300 KB", `${await octetsToOverview()} KB`]);
const typed = await typing();
const filter = [
  "the filter of mailboxes",
  "–",
  ...[median(typed), Math.max(...typed)].map((ms) => `${Math.round(ms)} ms`),
  "200 ms",
  "–",
];
const head = ["page", "first paint", "can be worked with", "slowest", "target", "over the wire"];
const note = `${mailboxes.toLocaleString("en")} mailboxes, ${failing} of them failing, ${missing.toLocaleString("en")} people missing. Medians and slowest of ${rounds} windows with an empty cache on loopback; the filter from the last key to the rows on the screen, ${typed.length} words. ${machine(load)}.`;
await publish("pages", `${table(head, [...rows, filter])}\n\n${note}`);

/** Makes the administrator; what is signed in outlives the server's restart. */
async function setUp(): Promise<SignedIn> {
  await using window = await openChromium();
  await using context = await window.newContext();
  const token = /#\/set-up\/([\w-]{43})/.exec(company.log)?.[1];
  const answer = await context.request.post(`${base}api/set-up`, { data: { token, ...administrator } });
  if (!answer.ok()) throw new Error(await answer.text());
  return await context.storageState();
}

/** KB until somebody who came for the first time, and signed in, sees the overview. */
async function octetsToOverview(): Promise<number> {
  const { octets } = await openPage(browser, base, "Sign in", null, async (page) => {
    await page.getByRole("textbox", { name: "Name" }).fill(administrator.name);
    await page.getByRole("textbox", { name: "Password" }).fill(administrator.password);
    await page.keyboard.press("Enter");
    await page.getByText(new RegExp(overview)).first().waitFor();
    await page.waitForLoadState("load");
    await sleep(300);
  });
  return Math.round(octets / 1024);
}

/** Words with many, few and one answers. */
async function typing(): Promise<number[]> {
  const words = [
    ["person.4", "10,000 mailboxes found"],
    ["person.31", "1,000 mailboxes found"],
    ["777", "mailboxes found"],
    ["person.49999", "1 mailbox found"],
    [".2000", "10 mailboxes found"],
  ] as const;
  const took: number[] = [];
  await openPage(
    browser,
    `${base}#/mailboxes/${domain}`,
    "mailboxes found.*person",
    signedIn,
    async (page) => {
      for (let round = 0; round < rounds; round++)
        for (const [word, found] of words)
          took.push(await timeTyping(page, "main input[type=search]", word, found));
    },
  );
  return took;
}
