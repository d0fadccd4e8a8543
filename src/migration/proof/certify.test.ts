import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { domain } from "../../../test/migration/house.ts";
import { ProofWorld } from "../../../test/migration/proof-world.ts";
import type { Certificate } from "./certificate.ts";
import type { ProofRow } from "./proof-row.ts";

const never = new AbortController().signal;
const remote = { state: "remote", content: null, octets: null, sha256: null } as const;

async function certified(world: ProofWorld, givenUp: Parameters<ProofWorld["proofs"]["certify"]>[2] = []) {
  const outcome = await world.proofs.certify(domain, never, givenUp);
  if (!outcome.ok) throw new Error(outcome.problem.text);
  return outcome.value;
}

/** The text of "The certificate" in docs/migration.md, done with nothing but SHA-256. */
function recomputed(lines: readonly string[]): string {
  const sha256 = (text: string) => createHash("sha256").update(text, "latin1").digest("latin1");
  const rootOf = (leaves: readonly string[]): string => {
    if (leaves.length < 2) return leaves.length === 0 ? sha256("") : sha256(`\x00${leaves[0]}`);
    let left = 1;
    while (left * 2 < leaves.length) left *= 2;
    return sha256(`\x01${rootOf(leaves.slice(0, left))}${rootOf(leaves.slice(left))}`);
  };
  return Buffer.from(rootOf(lines), "latin1").toString("hex");
}

async function linesOf(world: ProofWorld, { id }: Certificate, name: string): Promise<readonly string[]> {
  const pieces = await Array.fromAsync(world.store.pieces(id, `${name}@${domain}`));
  return pieces.flatMap(({ kind, lines }) => (kind === "listed" ? lines : []));
}

describe("a domain that is all here", () => {
  test("its certificate closes, and anybody can compute its roots again", async () => {
    const world = new ProofWorld();
    world.person("bob", [], []);
    const rows = [
      world.here("u1"),
      world.here("u2", { content: null, octets: null }),
      world.here("u3", { ...remote, content: null }),
      world.here("u4", { ...remote, state: "skipped", reason: "internal data of the old server" }),
      world.here("u5", { missingSince: 1 }),
    ];
    world.person("anna", ["u1", "u2", "u3", "u4"], rows);
    const certificate = await certified(world);
    expect(certificate).toMatchObject({
      domain,
      software: "Mailferry 1",
      mailboxes: 2,
      closes: true,
      facts: { greeting: "ready" },
      totals: {
        listed: { messages: 4, listedOctets: 40 },
        here: { messages: 1, listedOctets: 10, octets: 15 },
        deletedAfterCopy: { messages: 1 },
        deletedBeforeCopy: { messages: 1 },
        skipped: { messages: 1 },
        unaccounted: { messages: 0 },
        goneAfterCopy: 1,
        cameHere: 2,
      },
    });
    const lines = await linesOf(world, certificate, "anna");
    expect(lines).toEqual([
      `here u1 10 0 15 ${rows[0]?.sha256}`,
      `deleted u2 10 0 - ${rows[1]?.sha256}`,
      "deleted u3 10 0 - -",
      "skipped u4 10 0 - - internal data of the old server",
    ]);
    const roots = [recomputed(lines), recomputed([])];
    expect((await world.store.proof(certificate.id, `anna@${domain}`))?.root).toBe(roots[0]);
    const domainLines = [`anna@${domain} ${roots[0]}`, `bob@${domain} ${roots[1]}`];
    expect(certificate.root).toBe(recomputed(domainLines));
    expect(await world.proofs.blockers(certificate)).toEqual([]);
    expect(await world.proofs.compareDomain(domain, never)).toEqual({
      ok: true,
      value: { mailboxes: 2, blockers: [], blocked: 0 },
    });
  });

  test("made again it is another one; the old one stays", async () => {
    const world = new ProofWorld();
    world.person("anna", ["u1"], [world.here("u1")]);
    const [first, second] = [await certified(world), await certified(world)];
    expect(second.id).toBeGreaterThan(first.id);
    expect(second.root).toBe(first.root);
    expect(await world.proofs.certificates(domain)).toEqual([second, first]);
  });
});

describe("a mailbox that does not close", () => {
  const whyNot = async (
    rows: readonly ProofRow[],
    uidls: readonly string[],
    prepare?: (world: ProofWorld) => void,
  ) => {
    const world = new ProofWorld();
    const { mailbox } = world.person("anna", uidls, rows);
    if (uidls.length === 0) world.checks.delete(mailbox);
    prepare?.(world);
    const compared = await world.proofs.compareDomain(domain, never);
    if (!compared.ok) throw new Error(compared.problem.text);
    expect((await certified(world)).closes).toBe(compared.value.blocked === 0);
    return compared.value.blockers;
  };
  const other = new ProofWorld();

  test("messages are still there only: named, with why", async () => {
    const rows = [
      other.here("u1", { ...remote, content: 1 as never, reason: "-ERR no" }),
      other.here("u2", { ...remote, content: 2 as never, missingSince: -1 }),
    ];
    expect(await whyNot(rows, ["u1", "u3"])).toEqual([
      {
        address: `anna@${domain}`,
        messages: 3,
        reasons: [
          "message u1 (10 octets): -ERR no",
          "message u3 (10 octets): The ledger does not know it.",
          "message u2 (10 octets): the old server does not list it any more.",
        ],
      },
    ]);
  });

  test("its old maildrop cannot be listed", async () => {
    expect(await whyNot([other.here("u1")], [])).toMatchObject([
      { messages: 0, reasons: ["The old maildrop could not be listed: the old server is down."] },
    ]);
  });

  test.each(["paused", "settled"] as const)("it is %s", async (state) => {
    const blockers = await whyNot([other.here("u1")], ["u1"], ({ transfers }) => {
      const [transfer] = transfers.splice(0);
      if (transfer) transfers.push({ ...transfer, state, reason: "an alias" });
    });
    expect(blockers[0]?.reasons[0]).toMatch(state === "paused" ? /paused: an alias/ : /earlier migration/);
  });

  test("what was put off is asked for at once", async () => {
    const world = new ProofWorld();
    const { mailbox } = world.person("anna", ["u1"], [world.here("u1")]);
    world.person("bob", ["u1"], [world.here("u1")]);
    world.transfers.splice(0, 1, { ...world.transfers[0], messagesHere: 0 } as (typeof world.transfers)[0]);
    await certified(world);
    expect(world.retried).toEqual([mailbox]);
  });

  test("the visit broke", async () => {
    const blockers = await whyNot([other.here("u1")], ["u1"], (world) => {
      const trouble = { trouble: "dropped", reason: "the connection broke" } as const;
      world.checks.set(1 as never, world.visited(["u1"], { end: "broken", trouble }));
    });
    expect(blockers[0]?.reasons).toEqual(["The old maildrop could not be listed: the connection broke."]);
  });

  test("a message could not be fetched although rows stand for all", async () => {
    const blockers = await whyNot([other.here("u1")], ["u1"], (world) => {
      world.checks.set(1 as never, world.visited(["u1"], { leftReason: "1 messages could not be fetched" }));
    });
    expect(blockers[0]?.reasons[0]).toMatch(/^Not everything could be fetched/);
  });

  test("most of the maildrop vanished a moment ago, until it has been so for a while", async () => {
    const world = new ProofWorld();
    const missing = { missingSince: world.clock.now() };
    world.person("anna", ["u1"], [world.here("u1"), world.here("u2", missing), world.here("u3", missing)]);
    expect(await world.proofs.compareDomain(domain, never)).toMatchObject({ value: { blocked: 1 } });
    await world.clock.advance(15 * 60_000);
    world.checks.set(1 as never, world.visited(["u1"]));
    expect(await world.proofs.compareDomain(domain, never)).toMatchObject({ value: { blocked: 0 } });
  });

  test("given up by name it blocks nothing, and the certificate says who said so", async () => {
    const world = new ProofWorld();
    world.person("anna", ["u1"], [world.here("u1", { ...remote, content: 1 as never })]);
    const givenUp = [{ address: `anna@${domain}`, by: "the administrator", what: "1 message" }];
    const certificate = await certified(world, givenUp);
    expect(certificate).toMatchObject({ closes: true, givenUp, totals: { unaccounted: { messages: 1 } } });
    expect(await world.proofs.blockers(certificate)).toEqual([]);
    expect(await world.store.proof(certificate.id, `anna@${domain}`)).toMatchObject({ closes: false });
  });
});

describe("while it is made", () => {
  test("whoever comes meanwhile is in it", async () => {
    const world = new ProofWorld();
    const { mailbox } = world.person("bob", ["u1"], [world.here("u1")]);
    world.checks.set(
      mailbox,
      (async () => {
        world.person("anna", ["u1"], [world.here("u1")]);
        return world.visited(["u1"]);
      })(),
    );
    expect(await certified(world)).toMatchObject({ mailboxes: 2, closes: true });
  });

  test("a second one is refused; cut off it leaves none, and the next begins anew", async () => {
    const world = new ProofWorld();
    world.person("anna", ["u1"], [world.here("u1")]);
    const { mailbox } = world.person("bob", ["u1"], [world.here("u1")]);
    world.checks.set(mailbox, new Promise(() => undefined));
    const cut = new AbortController();
    const progress: string[] = [];
    const begun = world.proofs.certify(domain, cut.signal, [], (compared, of) => {
      progress.push(`${compared} of ${of}`);
      cut.abort();
    });
    expect(await world.proofs.certify(domain, never)).toMatchObject({ problem: { kind: "in-use" } });
    expect(await begun).toMatchObject({ ok: false, problem: { kind: "temporary" } });
    expect(progress).toEqual(["1 of 2"]);
    expect(await world.proofs.certificates(domain)).toEqual([]);
    world.checks.set(mailbox, world.visited(["u1"]));
    expect(await certified(world)).toMatchObject({ mailboxes: 2, closes: true });
  });

  test("a domain that does not migrate has nothing to compare with", async () => {
    const world = new ProofWorld();
    world.migration = null;
    for (const outcome of [
      await world.proofs.certify(domain, never),
      await world.proofs.compareDomain(domain, never),
    ]) {
      expect(outcome).toMatchObject({ ok: false, problem: { kind: "not-found" } });
    }
  });
});
