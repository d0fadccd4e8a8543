/** A house with nothing but a login in it: people, their passwords, and an old server that is a function. */
import { randomBytes } from "node:crypto";
import type { Mailbox } from "#directory/directory-store";
import type { Domain } from "#directory/domain";
import { usualGuessingLimits } from "#login/guessing-limits";
import { PasswordHasher, usualHashing } from "#login/password-hash";
import { Prover } from "#login/prove";
import type { MailboxId } from "#mailbox/ids";
import type { AdmissionAnswer, AdmissionRequest } from "#migration/admission/admissions";

export const hasher = new PasswordHasher({ ...usualHashing, random: randomBytes });
export const secretHash = await hasher.hash(Buffer.from("secret"));

/** Two domains and an alias domain; Anna is admitted, Bob is prepared, Carol and Dave are on the old server only. */
export class House {
  now = 1_000_000_000;
  hashes = new Map<number, string>([[1, secretHash]]);
  /** Sealed passwords, which here are just the password; an empty one opens no more. */
  unhashed = new Map<number, Uint8Array>();
  admitted = new Set(["anna@big-company.com"]);
  /** What the old server was asked, and how it answers. */
  asked: AdmissionRequest[] = [];
  proved: string[] = [];
  /** Which old server there is; null while no migration is on. */
  judge: string | null = "old server";
  checks = 0;
  /** Milliseconds on a watch that nobody reads but logins. */
  watch = 0;
  awaitsOwner = async (id: MailboxId): Promise<boolean> => !this.hashes.has(id) && !this.unhashed.has(id);
  oldServer: (request: AdmissionRequest) => Promise<AdmissionAnswer> = async (request) => {
    if (!Buffer.from(request.password).equals(Buffer.from("old"))) return { answer: "bad" };
    this.admitted.add(request.address);
    return { answer: "admitted", mailbox: 3 as MailboxId };
  };

  login(): Prover {
    const local = (name: string): Domain => ({ kind: "local", name, unknownUsers: { rule: "reject" } });
    const domains: readonly Domain[] = [
      local("big-company.com"),
      { kind: "alias", name: "big-company.net", target: "big-company.com" },
      { kind: "remote", name: "big-company.old", hosts: [], tls: { mode: "none" }, deliver: "immediately" },
    ];
    const counting = new Proxy(hasher, {
      get: (target, name: keyof PasswordHasher) => {
        if (name === "verify" || name === "verifyNothing") this.checks++;
        return target[name].bind(target);
      },
    });
    return new Prover(
      {
        directory: {
          domain: async (name) => domains.find((domain) => domain.name === name) ?? null,
          mailbox: async (address) => this.mailbox(address),
          keptPassword: async (id) => ({
            hash: this.hashes.get(id) ?? null,
            unhashed: this.unhashed.get(id) ?? null,
          }),
        },
        admissions: {
          judge: async () => this.judge,
          admit: async (request) => {
            this.asked.push(request);
            return this.oldServer(request);
          },
          provedHere: (_, password) => this.proved.push(Buffer.from(password).toString()),
          awaitsOwner: (id) => this.awaitsOwner(id),
          isUnhashed: async ({ mailbox, sealed }, password) => {
            if (sealed.length > 0) return Buffer.from(sealed).equals(password);
            this.unhashed.delete(mailbox);
            return "lost";
          },
        },
        hasher: counting,
        clock: () => this.now,
        random: randomBytes,
        stopwatch: {
          now: () => this.watch,
          wait: async (milliseconds) => {
            this.watch += milliseconds;
          },
        },
      },
      {
        defaultDomain: "big-company.com",
        limits: {
          ...usualGuessingLimits,
          failuresPerPeer: 10,
          failuresPerAddress: 8,
          failuresPerNetwork: 30,
        },
      },
    );
  }

  mailbox(address: string): Mailbox | null {
    const ids: Record<string, number> = { "anna@big-company.com": 1, "bob@big-company.com": 2 };
    const admitted = this.admitted.has(address);
    const id = ids[address] ?? (admitted ? 3 : null);
    if (id === null) return null;
    const domain = "big-company.com";
    return { id: id as MailboxId, address, domain, admitted, hasPassword: true, quota: null, createdAt: 0 };
  }
}

/** What a login comes to: the mailbox's number, or the answer. */
export async function comesTo(
  login: Prover,
  name: string,
  password: string | Uint8Array,
  peerAddress = "192.0.2.1",
): Promise<string> {
  const attempt = { name, password: Buffer.from(password), protocol: "pop3" as const, peerAddress };
  const answer = await login.prove(attempt);
  return answer.answer === "welcome" ? `mailbox ${answer.account.mailbox}` : answer.answer;
}
