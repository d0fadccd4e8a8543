// What every real old server here looks like to a test: a maildrop server (POP3) and a mail exchanger (Postfix)
// over one store, a way to add people, a way to put old mail straight into a maildrop, and a judge's reading
// of that maildrop that uses nothing of ours.
import type { Endpoint } from "../loopback.ts";
import { listMaildrop, type Maildrop, readMaildrop } from "./maildrop.ts";
import type { RunningPostfix } from "./postfix.ts";

/** A person on the old server. */
export interface Person {
  readonly address: string;
  readonly password: string;
}

/** How the old server wants the login name. */
export type LoginForm = "{address}" | "{local}";

/** One old server of big-company.com. */
export interface OldCompany extends AsyncDisposable {
  readonly name: string;
  readonly loginForm: LoginForm;
  readonly pop3: Endpoint;
  /** The same maildrops by IMAP, where it has that. */
  readonly imap?: Endpoint;
  readonly exchanger: RunningPostfix;
  /** Directory that holds everybody's mail. */
  readonly mailRoot: string;
  /** A person of that name; system users carry a prefix in their address. */
  person(name: string): Person;
  addPerson(person: Person): Promise<void>;
  /** Puts `messages` into the maildrop behind the server's back, in this order, as its own delivery would store them. */
  place(person: Person, messages: readonly Buffer[]): Promise<void>;
  /** Removes the messages whose octets contain `needle`, behind the server's back; returns how many. */
  removeContaining(person: Person, needle: string): Promise<number>;
  log(): Promise<string>;
}

/** The domain everybody here lives in. */
export const DOMAIN = "big-company.com";

/** What stands before the last "@". */
export function localPartOf(address: string): string {
  return address.slice(0, address.lastIndexOf("@"));
}

/** The login name `company` wants from a person. */
export function loginOf(company: OldCompany, person: Person): string {
  return company.loginForm === "{address}" ? person.address : localPartOf(person.address);
}

/** The judge's reading of a person's maildrop on the old server: listing and every message. */
export function oldMaildrop(company: OldCompany, person: Person): Promise<Maildrop> {
  return readMaildrop(company.pop3, loginOf(company, person), person.password);
}

/** The judge's reading of the listing alone. */
export function oldListing(company: OldCompany, person: Person): Promise<Maildrop> {
  return listMaildrop(company.pop3, loginOf(company, person), person.password);
}
