/**
 * Bringing people who do not come by themselves: with passwords that the administrator has, or with an
 * administrator's own login on the old server, under which it opens everybody's maildrop. It is a first login all
 * the same, judged by the old server alone; with an administrator's password the mailbox has none here until its
 * owner shows theirs.
 */
import { done, failed, type Outcome } from "#mailbox/problem";
import { fillIn } from "../old-server/login-names.ts";
import type { AdmissionAnswer, Admissions } from "./admissions.ts";

/** An administrator's login on the old server. */
export interface AdminLogin {
  readonly name: string;
  /** The login name that stands for both, such as `{local}*{admin}`. */
  readonly form: string;
  readonly password: Uint8Array;
}

export interface ToBring {
  /** As a key. */
  readonly address: string;
  /** Theirs; null where the administrator's login is to do. */
  readonly password: Uint8Array | null;
}

export interface Brought {
  readonly address: string;
  readonly result: "brought" | "here-already" | "refused" | "cannot-tell" | "not-tried";
  /** Why, for people; null where there is nothing to say. */
  readonly reason: string | null;
}

export interface BringingTools {
  readonly admissions: Pick<Admissions, "admit" | "awaitsOwner">;
  readonly mailbox: (
    address: string,
  ) => Promise<Parameters<NonNullable<Admissions["awaitsOwner"]>>[0] | null>;
}

/** So many refusals of the administrator's login one after another, and the others are not tried. */
const mostRefused = 3;
const longestName = 400;

/** The login name of an administrator for a person; what a login name cannot be is refused. */
export function adminLoginName(admin: Pick<AdminLogin, "name" | "form">, address: string): Outcome<string> {
  const { form } = admin;
  if (!/\{(?:local|address)\}/.test(form) || !form.includes("{admin}"))
    return failed("invalid", `"${form}" is no form: expected {local} or {address}, and {admin}, in it.`);
  const name = form
    .split("{admin}")
    .map((part) => fillIn(part, address))
    .join(admin.name);
  const isClean = name.length <= longestName && !/\p{Cc}/u.test(name);
  return isClean ? done(name) : failed("invalid", "The login name is too long, or no text.");
}

/** Brings people one after another, because an old server counts refused logins. */
export async function bringPeople(
  tools: BringingTools,
  domain: string,
  people: readonly ToBring[],
  admin: AdminLogin | null,
): Promise<Outcome<readonly Brought[]>> {
  const brought: Brought[] = [];
  let refusals = 0;
  for (const { address, password } of people) {
    const name = password === null && admin ? adminLoginName(admin, address) : null;
    if (name && !name.ok) return name;
    const secret = password ?? admin?.password;
    if (!secret) return failed("invalid", `${address}: neither a password nor an administrator's login.`);
    if (refusals >= mostRefused) {
      const reason = `the old server refused the administrator's login ${mostRefused} times in a row`;
      brought.push({ address, result: "not-tried", reason });
      continue;
    }
    const one = await bring(tools, { address, domain, password: secret, loginName: name?.value ?? null });
    if (name) refusals = one.result === "refused" ? refusals + 1 : 0;
    brought.push(one);
  }
  return done(brought);
}

interface Bring {
  readonly address: string;
  readonly domain: string;
  readonly password: Uint8Array;
  readonly loginName: string | null;
}

async function bring(
  { admissions, mailbox }: BringingTools,
  { loginName, ...request }: Bring,
): Promise<Brought> {
  const { address } = request;
  const there = await mailbox(address);
  const mayTakePassword = there !== null && loginName === null && (await admissions.awaitsOwner?.(there));
  if (there !== null && !mayTakePassword) return { address, result: "here-already", reason: null };
  return await told(address, await admissions.admit({ ...request, peerAddress: "", brought: { loginName } }));
}

async function told(address: string, answer: AdmissionAnswer): Promise<Brought> {
  switch (answer.answer) {
    case "admitted":
      return { address, result: "brought", reason: null };
    case "pending": {
      const ready = await answer.ready;
      if (ready.ok) return { address, result: "brought", reason: null };
      return { address, result: "cannot-tell", reason: ready.problem.text };
    }
    case "bad":
      return { address, result: "refused", reason: "the old server refuses the login" };
    case "cannot-tell":
      return { address, result: "cannot-tell", reason: answer.reason };
    case "not-migrating":
      return { address, result: "not-tried", reason: "the domain is not migrating" };
  }
}
