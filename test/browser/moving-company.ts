/**
 * A company that has everything before it: a real old server (Dovecot, and Postfix before it), people with mail
 * there, and a Mailferry that was started a moment ago. What happens from here on happens in a browser.
 */
import { domain } from "../crossing/company.ts";
import { smtplibSend } from "../interop/clients/python.ts";
import { letters } from "../interop/letters.ts";
import { freePort } from "../interop/loopback.ts";
import { type Mailferry, startMailferry } from "../interop/mailferry.ts";
import { startDovecotCompany } from "../interop/peers/companies.ts";
import { type Maildrop, readMaildrop } from "../interop/peers/maildrop.ts";
import { loginOf, type OldCompany, oldMaildrop, type Person } from "../interop/peers/old-company.ts";

export { domain };

const perPerson = 30;

export interface MovingCompany extends AsyncDisposable {
  readonly old: OldCompany;
  readonly mailferry: Mailferry;
  readonly people: readonly Person[];
  /** The pages' address, with its slash. */
  readonly base: string;
  /** The link that the first start printed. */
  readonly link: string;
  /** Somebody of them, by the name before the @. */
  person(name: string): Person;
  /** The judge's reading here and there: the SHA-256 of every message, in order. */
  hashesHere(person: Person): Promise<readonly string[]>;
  hashesThere(person: Person): Promise<readonly string[]>;
  /** Mail from outside, to where the MX leads: to Mailferry. */
  sendFromOutside(to: readonly string[], message: Buffer): Promise<void>;
}

/** Starts both servers, and gives each of these people some mail on the old one. */
export async function startMovingCompany(names: readonly string[]): Promise<MovingCompany> {
  await using cleanup = new AsyncDisposableStack();
  const old = cleanup.use(await startDovecotCompany());
  const port = await freePort();
  const toml = `cutover-quiet = "1 s"\n[listeners.http]\naddress = "127.0.0.1:${port}"\n`;
  const mailferry = cleanup.use(await startMailferry({ sweepInterval: "1 h", toml }));
  const people: Person[] = [];
  for (const name of names) {
    const person = old.person(name);
    await old.addPerson(person);
    await old.place(person, letters(perPerson, `letter to ${name}`));
    people.push(person);
  }
  const link = /Begin at (\S+)/.exec(mailferry.log())?.[1];
  if (link === undefined) throw new Error(`no link was printed:\n${mailferry.log()}`);
  const hashes = ({ messages }: Maildrop) => messages.map(({ sha256 }) => sha256);
  const running = cleanup.move();
  return {
    old,
    mailferry,
    people,
    base: `http://127.0.0.1:${port}/`,
    link,
    person(name) {
      const found = people.find(({ address }) => address === `${name}@${domain}`);
      if (!found) throw new Error(`${name} does not work here`);
      return found;
    },
    hashesHere: async (person) =>
      hashes(await readMaildrop(mailferry.pop3, loginOf(old, person), person.password)),
    hashesThere: async (person) => hashes(await oldMaildrop(old, person)),
    async sendFromOutside(to, message) {
      const { failed, refused } = await smtplibSend(
        { server: mailferry.smtp },
        { from: "carl@example.com", to, message },
      );
      if (failed !== undefined || Object.keys(refused).length > 0)
        throw new Error(`not accepted: ${failed} ${JSON.stringify(refused)}`);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
