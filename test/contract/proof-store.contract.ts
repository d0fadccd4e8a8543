/** Everything that the port `migration/proof/proof-store` promises, for any engine. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { CertificateEnd, CertificateHead, MailboxProof } from "#migration/proof/certificate";
import { noCounts } from "#migration/proof/counts";
import type { Piece, ProofStore } from "#migration/proof/proof-store";
import { append, entriesOf, type Harness, inboxOf, octetsOf, sha256 } from "./harness.ts";
import {
  admit,
  arrived,
  domain,
  listingOf,
  migration,
  oldMessage,
  rowOf,
  start,
  startMigration,
  swept,
} from "./ledger-words.ts";

/** An engine with proofs. */
export interface ProofHarness extends Harness {
  readonly proofs: ProofStore;
}

const head: CertificateHead = {
  domain,
  oldServer: migration.oldServer,
  software: "Mailferry 1",
  migrationStartedAt: start,
  begunAt: start + 1,
  givenUp: [{ address: `bob@${domain}`, by: "the administrator", what: "2 messages" }],
};
const end: CertificateEnd = {
  endedAt: start + 2,
  facts: { greeting: "ready", fingerprint: null },
  mailboxes: 2,
  totals: noCounts,
  root: "ab".repeat(32),
  closes: true,
};

function proofOf(address: string): MailboxProof {
  return {
    address,
    loginName: "anna",
    listedAt: start,
    comparedAt: start,
    counts: noCounts,
    root: "cd".repeat(32),
    closes: true,
    problem: null,
    reasons: [],
  };
}

function pieceOf(...lines: string[]): Piece {
  return { kind: "listed", lines, contents: lines.map((_, index) => (index + 1) as ContentId) };
}

async function* inPieces(...pieces: Piece[]): AsyncGenerator<Piece> {
  yield* pieces;
}

export function proofStoreContract(open: () => Promise<ProofHarness>): void {
  describe("ProofStore", () => {
    let store: ProofHarness;
    let mailbox: MailboxId;
    beforeEach(async () => {
      store = await open();
      await startMigration(store);
      mailbox = (await admit(store, listingOf(4))).mailbox;
    });
    afterEach(() => store[Symbol.asyncDispose]());

    const bring = async (n: number) => {
      const row = await rowOf(store, mailbox, `u${n}`);
      await store.ledger.arrive(mailbox, [arrived(row, oldMessage(n))], start);
    };
    const expunge = async (uidl: string) => {
      const inbox = await inboxOf(store, mailbox);
      const entry = (await entriesOf(store, inbox)).find((one) => one.uidl === uidl);
      if (entry) await store.mail.expunge(inbox.id, [entry.id]);
    };

    it("shows a ledger as it is, and how many messages came another way", async () => {
      await bring(1);
      await bring(2);
      await expunge("u2");
      await expunge("u3");
      const gone = await rowOf(store, mailbox, "u4");
      await store.ledger.missing([gone.id], start);
      await store.ledger.giveUp(gone.id, "It was gone.");
      await store.ledger.adopt(mailbox, [swept("u5", octetsOf("late"))], start);
      await append(store, await inboxOf(store, mailbox), octetsOf("appended"));
      const { rows, cameHere } = await store.proofs.view(mailbox);
      const octets = oldMessage(1);
      expect(rows).toMatchObject([
        { uidl: "u1", size: octets.length, state: "copied", octets: octets.length, sha256: sha256(octets) },
        { uidl: "u2", state: "copied", content: null, octets: null, sha256: sha256(oldMessage(2)) },
        { uidl: "u3", state: "remote", content: null, sha256: null },
        { uidl: "u4", state: "skipped", content: null, reason: "It was gone.", missingSince: start },
        { uidl: "u5", state: "copied", octets: octetsOf("late").length },
      ]);
      expect(rows[0]?.content).toEqual(expect.any(Number));
      // The migration message, and the appended one.
      expect(cameHere).toBe(2);
    });

    it("tells what a message says of itself that is not here, or no more there", async () => {
      const heading = { subject: "Invoice", from: "carol@example.net", date: start };
      const rows = [await rowOf(store, mailbox, "u1"), await rowOf(store, mailbox, "u2")];
      const [failed, described] = rows.map(({ id }) => id);
      await store.ledger.fetchFailed(failed ?? 0, "-ERR no", start, heading);
      await store.ledger.fetchFailed(failed ?? 0, "-ERR still no", start);
      await store.ledger.describe(described ?? 0, heading);
      await store.ledger.giveUp((await rowOf(store, mailbox, "u3")).id, "internal data", heading);
      await store.ledger.leaveOut(mailbox, { uidl: "u0", size: 1, occurrence: 0 }, "internal data", heading);
      await bring(4);
      const told = async () => (await store.proofs.view(mailbox)).rows.map((row) => row.heading ?? null);
      expect(await told()).toEqual([heading, heading, heading, null, heading]);
      await store.ledger.missing([(await rowOf(store, mailbox, "u4")).id], start);
      expect((await told())[3]).toMatchObject({ subject: expect.any(String) });
      // What has come after all speaks for itself.
      await bring(1);
      expect((await told())[0]).toBeNull();
    });

    it("shows one state of a long ledger, whatever is changed while it is read", async () => {
      const long = (await admit(store, listingOf(4000))).mailbox;
      const reading = store.proofs.view(long);
      const inbox = await inboxOf(store, long);
      const entries = await entriesOf(store, inbox);
      await store.mail.expunge(
        inbox.id,
        entries.map(({ id }) => id),
      );
      const views = [await reading, await store.proofs.view(long)];
      expect(views.map(({ rows }) => rows.length)).toEqual([4000, 4000]);
      const here = views.map(({ rows }) => rows.filter(({ content }) => content !== null).length);
      expect([0, 4000]).toContain(here[0]);
      expect(here[1]).toBe(0);
    });

    it("has nothing to show of a mailbox that is not there", async () => {
      expect(await store.proofs.view(4711 as MailboxId)).toEqual({ rows: [], cameHere: 0 });
    });

    it("shows a certificate once it is whole, with its mailboxes in address order, after a restart too", async () => {
      const id = await store.proofs.begin(head);
      const messages = { key: "1", pieces: inPieces(pieceOf("a", "b"), pieceOf("c")) };
      await store.proofs.keep(id, proofOf("b@x"), messages);
      await store.proofs.keep(id, proofOf("a@x"), { key: "2", pieces: inPieces() });
      expect(await store.proofs.certificates(domain)).toEqual([]);
      expect(await store.proofs.proofs(id, "", 10)).toEqual([proofOf("a@x"), proofOf("b@x")]);
      await store.proofs.finish(id, end);
      await store.reopen();
      expect(await store.proofs.certificates(domain)).toEqual([{ ...head, ...end, id }]);
      expect(await store.proofs.certificates("other.example")).toEqual([]);
      expect(await store.proofs.proofs(id, "", 1)).toEqual([proofOf("a@x")]);
      expect(await store.proofs.proofs(id, "a@x", 10)).toEqual([proofOf("b@x")]);
      expect(await store.proofs.proof(id, "b@x")).toEqual(proofOf("b@x"));
      expect(await store.proofs.proof(id, "c@x")).toBeNull();
      expect(await Array.fromAsync(store.proofs.pieces(id, "b@x"))).toEqual([
        pieceOf("a", "b"),
        pieceOf("c"),
      ]);
      expect(await Array.fromAsync(store.proofs.pieces(id, "a@x"))).toEqual([]);
    });

    it("keeps what an older certificate says the same way once, and each what it says", async () => {
      const certify = async (key: string, ...lines: string[]) => {
        const id = await store.proofs.begin(head);
        let asked = 0;
        const pieces = (async function* () {
          asked++;
          yield pieceOf(...lines);
        })();
        await store.proofs.keep(id, proofOf("a@x"), { key, pieces });
        await store.proofs.finish(id, end);
        return { id, asked };
      };
      const [first, second, third] = [
        await certify("1", "a"),
        await certify("1", "a"),
        await certify("2", "b"),
      ];
      expect([first.asked, second.asked, third.asked]).toEqual([1, 0, 1]);
      expect((await store.proofs.certificates(domain)).map(({ id }) => id)).toEqual([
        third.id,
        second.id,
        first.id,
      ]);
      const told = await Promise.all(
        [first, second, third].map(({ id }) => Array.fromAsync(store.proofs.pieces(id, "a@x"))),
      );
      expect(told).toEqual([[pieceOf("a")], [pieceOf("a")], [pieceOf("b")]]);
    });

    it("clears away what was never finished, and nothing that is whole", async () => {
      const whole = await store.proofs.begin(head);
      await store.proofs.keep(whole, proofOf("a@x"), { key: "1", pieces: inPieces(pieceOf("a")) });
      await store.proofs.finish(whole, end);
      const other = await store.proofs.begin({ ...head, domain: "other.example" });
      await store.proofs.keep(other, proofOf("o@x"), { key: "1", pieces: inPieces(pieceOf("o")) });
      const broken = await store.proofs.begin(head);
      await store.proofs.keep(broken, proofOf("a@x"), { key: "1", pieces: inPieces() });
      await store.proofs.keep(broken, proofOf("b@x"), { key: "2", pieces: inPieces(pieceOf("b")) });
      const cut = (async function* () {
        yield pieceOf("c");
        throw new Error("cut off");
      })();
      await expect(store.proofs.keep(broken, proofOf("c@x"), { key: "3", pieces: cut })).rejects.toThrow(
        "cut off",
      );
      await store.reopen();
      const next = await store.proofs.begin(head);
      expect(next).toBeGreaterThan(broken);
      expect(await store.proofs.proofs(broken, "", 10)).toEqual([]);
      expect(await Array.fromAsync(store.proofs.pieces(whole, "a@x"))).toEqual([pieceOf("a")]);
      expect(await Array.fromAsync(store.proofs.pieces(other, "o@x"))).toEqual([pieceOf("o")]);
      expect((await store.proofs.certificates(domain)).map(({ id }) => id)).toEqual([whole]);
    });

    it("outlives the mailbox and the domain", async () => {
      const id = await store.proofs.begin(head);
      const { address } = (await store.ledger.transfer(mailbox)) ?? { address: "" };
      await store.proofs.keep(id, proofOf(address), { key: "1", pieces: inPieces(pieceOf("a")) });
      await store.proofs.finish(id, end);
      await store.ledger.endMigration(domain);
      await store.directory.removeMailbox(mailbox);
      expect(await store.proofs.certificates(domain)).toMatchObject([{ id, givenUp: head.givenUp }]);
      expect(await Array.fromAsync(store.proofs.pieces(id, address))).toEqual([pieceOf("a")]);
    });

    it("tells where contents are", async () => {
      await bring(1);
      await bring(2);
      const { rows } = await store.proofs.view(mailbox);
      const contents = rows.flatMap(({ content }) => (content === null ? [] : [content]));
      await expunge("u2");
      expect(await store.proofs.states([...contents, 99_999 as ContentId])).toEqual([
        "kept",
        "gone",
        "kept",
        "kept",
        "gone",
      ]);
    });
  });
}
