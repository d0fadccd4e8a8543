import { describe, expect, it } from "vitest";
import type { DirectoryStore } from "#directory/directory-store";
import type { Domain } from "#directory/domain";
import { type Address, parseAddress } from "#mail/address";
import { silentLog } from "#observe/log";
import { acceptRecipient } from "./acceptance.ts";
import type { RecipientAnswer } from "./recipient-check.ts";

const company: Domain = {
  kind: "local",
  name: "big-company.com",
  unknownUsers: {
    rule: "pipe",
    pipe: { localPart: "*", domain: "big-company.com", route: "big-company.old" },
  },
};

/** A domain without mailboxes, all of whose mail is piped to an old server that answers like this. */
async function ask(
  answer: RecipientAnswer,
  { lastAccepted, mayNameUnknown = true }: { lastAccepted?: number; mayNameUnknown?: boolean } = {},
) {
  const alarms: { readonly route: string; readonly reply: string }[] = [];
  const noted: string[] = [];
  const directory: Pick<DirectoryStore, "domain" | "mailbox" | "aliasTargets"> = {
    domain: async (name) => (name === company.name ? company : null),
    mailbox: async () => null,
    aliasTargets: async () => [],
  };
  const accepted = await acceptRecipient(
    {
      directory: directory as DirectoryStore,
      check: { ask: async () => answer, isHostOf: async () => false },
      known: {
        accepted: async (address) => void noted.push(address),
        known: async () =>
          lastAccepted === undefined
            ? null
            : {
                address: "bob@big-company.com",
                route: "big-company.old",
                lastAccepted,
                firstAccepted: 0,
                messages: 1,
              },
        missing: async () => [],
      },
      quota: { hasRoom: async () => true },
      mayNameUnknown: () => mayNameUnknown,
      alarm: (refusal) => void alarms.push(refusal),
      log: silentLog,
      now: () => 1_000_000,
    },
    {
      address: parseAddress("bob@big-company.com") as Address,
      authenticated: false,
      peerAddress: "192.0.2.1",
      size: null,
    },
  );
  return { heard: accepted.kind === "refused" ? accepted.refusal.code : "accepted", alarms, noted };
}

describe("somebody who has not come yet", () => {
  it("is accepted when the old server accepts, and known from then on", async () => {
    const { heard, noted } = await ask({ answer: "accepted", acceptsEverything: false });
    expect(heard).toBe("accepted");
    expect(noted).toEqual(["bob@big-company.com"]);
  });

  it("is not made known by a server that accepts everybody", async () => {
    const { heard, noted } = await ask({ answer: "accepted", acceptsEverything: true });
    expect(heard).toBe("accepted");
    expect(noted).toEqual([]);
  });

  it("waits when a peer names too many, where the server accepts everybody, unless they are known", async () => {
    const everybody: RecipientAnswer = { answer: "accepted", acceptsEverything: true };
    expect(await ask(everybody, { mayNameUnknown: false })).toMatchObject({ heard: 451, noted: [] });
    expect(await ask(everybody, { mayNameUnknown: false, lastAccepted: 1 })).toMatchObject({
      heard: "accepted",
    });
    const known: RecipientAnswer = { answer: "accepted", acceptsEverything: false };
    expect(await ask(known, { mayNameUnknown: false })).toMatchObject({ heard: "accepted" });
  });

  it("waits while the old server refuses us, and whoever looks after the server hears of it", async () => {
    const reply = "554 5.7.1 Client host rejected: Access denied";
    const { heard, alarms } = await ask({ answer: "policy", reply });
    expect(heard).toBe(451);
    expect(alarms).toEqual([{ route: "big-company.old", reply }]);
  });

  it("is accepted while the old server is silent if it accepted them lately, and waits else", async () => {
    const silent: RecipientAnswer = { answer: "silent", reason: "it is down" };
    expect(await ask(silent)).toMatchObject({ heard: 451, alarms: [] });
    expect(await ask(silent, { lastAccepted: 999_000 })).toMatchObject({ heard: "accepted", alarms: [] });
  });
});
