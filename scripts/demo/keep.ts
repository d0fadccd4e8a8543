/**
 * The demo that stays up: a move in its middle, with somebody on the way and people missing, to be followed and
 * finished in a browser. Late mail lands whenever Enter is pressed.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { letter } from "../../test/programs/letter.ts";
import { Pop3Program } from "../../test/programs/pop3-program.ts";
import type { Stage } from "./stage.ts";

const domain = "big-company.com";
const erin = `erin@${domain}`;
/** So slow that one can look on. */
const bandwidth = "80 KB/s";

/** People of the old server in this demo: erin has much mail. */
export const people = "anna:120,bob:80,carol:60,dave:40,erin:250";

/** erin is on the way, carol gets mail over there, dave is expected. */
export async function onTheWay(stage: Stage): Promise<void> {
  const { narrator, ports } = stage;
  narrator.step("Somebody is on the way, and some are missing");
  await stage.mustWork("migration", "add-users", domain, `dave@${domain}`);
  await stage.mustWork("migration", "limit", domain, "--bandwidth", bandwidth);
  await using program = await Pop3Program.login(ports.pop3, erin, stage.passwordOf(erin));
  const listed = await program.list();
  narrator.check(
    `erin lists ${listed.length} messages; they come at ${bandwidth} until the limit is lifted`,
    listed.length > 0,
  );
}

/** Says where everything is, and lets late mail land, until somebody ends it. @param link good once */
export async function stay(stage: Stage, link: string, http: number): Promise<void> {
  const { narrator, ports, old, data } = stage;
  const base = `http://127.0.0.1:${http}`;
  const said = [
    "",
    "Both servers stay up, in the middle of the move. Follow and finish it in a browser:",
    `   ${link}`,
    `   then Cutover of ${domain}: ${base}/#/cutover/${domain}`,
    `   a person's own page (its first sign-in brings the mail over): ${base}/my`,
    ...old.people.map(({ address, password }) => `   name ${address}   password ${password}`),
    "Or connect a real mail program:",
    `   POP3  127.0.0.1:${ports.pop3}        SMTP submission  127.0.0.1:${ports.submission}   (no TLS, password in clear: loopback only)`,
    `   npx mailferry migration status ${domain} --follow --data ${data}`,
    "Enter: a late letter lands on the old server for anna, and one from outside comes for carol. End with Ctrl-C.",
  ];
  for (const line of said) narrator.say(line);
  let count = 0;
  const keys = createInterface({ input: process.stdin });
  keys.on("line", () => void late(stage, ++count));
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  keys.close();
}

async function late(stage: Stage, count: number): Promise<void> {
  const { narrator, old, ports } = stage;
  const anna = `anna@${domain}`;
  const carol = `carol@${domain}`;
  const refused = [
    ...(await stage.send(old.smtp, [anna], letter(anna, `late letter ${count}`))),
    ...(await stage.send(ports.smtp, [carol], letter(carol, `letter ${count} from outside`))),
  ];
  narrator.say(refused.length === 0 ? `   letters ${count} are sent` : `   refused: ${refused.join("; ")}`);
}
