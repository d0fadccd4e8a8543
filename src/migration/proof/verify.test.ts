import { expect, test } from "vitest";
import { StoreUnavailable } from "#mailbox/content";
import type { ContentId } from "#mailbox/ids";
import { domain } from "../../../test/migration/house.ts";
import { ProofWorld } from "../../../test/migration/proof-world.ts";
import type { Certificate } from "./certificate.ts";
import { type Finding, verify } from "./verify.ts";

const never = new AbortController().signal;

async function findings(world: ProofWorld, certificate: Certificate, address: string | null = null) {
  const tools = {
    store: world.store,
    read: (content: ContentId) => world.store.read(content),
    clock: world.clock,
  };
  return await Array.fromAsync(verify(tools, certificate, address, never));
}

function endOf(found: readonly Finding[]) {
  return found.find(({ kind }) => kind === "end");
}

async function company(count = 6) {
  const world = new ProofWorld();
  const uidls = Array.from({ length: count }, (_, index) => `u${index + 1}`);
  const rows = uidls.map((uidl) => world.here(uidl));
  world.person("anna", uidls, rows);
  world.person("bob", ["u1", "u2"], [world.here("u1"), world.here("u2", { content: null, octets: null })]);
  const outcome = await world.proofs.certify(domain, never);
  if (!outcome.ok) throw new Error(outcome.problem.text);
  const contentOf = (uidl: string) => {
    const content = rows.find((row) => row.uidl === uidl)?.content;
    const kept = content ? world.store.contents.get(content) : undefined;
    if (!kept) throw new Error(`no ${uidl}`);
    return kept;
  };
  return { world, certificate: outcome.value, contentOf };
}

test("everything that is here is read and hashed again, and the roots are made again", async () => {
  const { world, certificate } = await company();
  const found = await findings(world, certificate);
  expect(endOf(found)).toEqual({
    kind: "end",
    mailboxes: 2,
    wrongRoots: 0,
    verified: 7,
    octets: 7 * 15,
    deletedSince: 0,
    damaged: 0,
    roots: { expected: certificate.root, found: certificate.root },
  });
  expect(found.filter(({ kind }) => kind === "mailbox")).toHaveLength(2);
});

test("what the person deleted since is named, and no error; what is damaged or missing is", async () => {
  const { world, certificate, contentOf } = await company();
  contentOf("u1").state = "gone";
  contentOf("u2").octets = Buffer.from("Subject: u3\r\n\r\n");
  contentOf("u3").octets = null;
  contentOf("u4").octets = new StoreUnavailable("no", { cause: new Error("ENOENT") });
  contentOf("u5").state = "lost";
  const found = await findings(world, certificate);
  expect(endOf(found)).toMatchObject({ verified: 2, deletedSince: 1, damaged: 4, wrongRoots: 0 });
  expect(found.filter(({ kind }) => kind === "deleted-since")).toMatchObject([
    { address: `anna@${domain}`, uidl: "u1", size: 10 },
  ]);
  expect(found.flatMap((one) => (one.kind === "damaged" ? [`${one.uidl}: ${one.problem}`] : []))).toEqual([
    expect.stringMatching(/^u2: its content has the hash [0-9a-f]{64} now$/),
    "u3: its content is missing",
    "u4: its content cannot be read: ENOENT",
    "u5: its content is there, but no folder shows it",
  ]);
});

test("a line that was changed makes another root", async () => {
  const { world, certificate } = await company();
  const [piece] = world.store.piecesOf(certificate.id, `anna@${domain}`);
  (piece?.lines as string[])[0] = "deleted u1 10 0 - -";
  const found = await findings(world, certificate);
  expect(endOf(found)).toMatchObject({ wrongRoots: 2, damaged: 0, verified: 6 });
});

test("one mailbox alone", async () => {
  const { world, certificate } = await company();
  const found = await findings(world, certificate, `bob@${domain}`);
  expect(endOf(found)).toMatchObject({ mailboxes: 1, verified: 1, roots: null, wrongRoots: 0 });
});

test("it tells how far it is, and ends when it is told to", async () => {
  const { world, certificate } = await company();
  const stop = new AbortController();
  const tools = {
    store: world.store,
    clock: world.clock,
    read: async (content: ContentId) => {
      await world.clock.advance(1000);
      return await world.store.read(content);
    },
  };
  const kinds: string[] = [];
  for await (const finding of verify(tools, certificate, null, stop.signal)) {
    kinds.push(finding.kind);
    if (kinds.length === 3) stop.abort();
  }
  expect(kinds).toEqual(["progress", "progress", "progress"]);
});
