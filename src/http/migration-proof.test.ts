import { expect, test } from "vitest";
import { done, failed } from "#mailbox/problem";
import { certifiedReport } from "#migration/proof/report";
import { domain } from "../../test/migration/house.ts";
import { ProofWorld } from "../../test/migration/proof-world.ts";
import { type ProofAdministration, proofRoutes } from "./migration-proof.ts";
import { ApiProblem, problemResponse } from "./problem-details.ts";
import { certifyingSchema, findingSchema, reportSchema } from "./proof-views.ts";
import { router } from "./routes.ts";

const never = new AbortController().signal;

async function served(more: Partial<ProofAdministration> = {}) {
  const world = new ProofWorld();
  world.person(
    "anna",
    ["u1", "u2"],
    [world.here("u1"), world.here("u2", { state: "skipped", reason: "why" })],
  );
  const outcome = await world.proofs.certify(domain, never);
  if (!outcome.ok) throw new Error(outcome.problem.text);
  const certificate = outcome.value;
  const administration: ProofAdministration = {
    certificates: async () => [certificate],
    report: async (_, _which, only) =>
      done({ report: certifiedReport(world.tools, certificate, only), certificate }),
    certify: async () => done({ certificate, blockers: [] }),
    verify: async () => done({ certificate, findings: (async function* () {})() }),
    ...more,
  };
  const app = router().route("/", proofRoutes(administration));
  app.onError((error, context) =>
    error instanceof ApiProblem ? problemResponse(context, error.problem) : context.text("defect", 500),
  );
  const ask = (path: string, body?: object) =>
    app.request(`/migrations/${domain}/${path}`, {
      method: body ? "POST" : "GET",
      ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
    });
  return { ask, certificate };
}

test("a report comes in each form, and JSON is what its schema says", async () => {
  const { ask, certificate } = await served();
  const types = ["text/plain", "text/html", "application/json", "text/csv", "text/plain"];
  for (const [index, format] of ["text", "html", "json", "csv", "lines"].entries()) {
    const answer = await ask(`report?format=${format}`);
    expect([format, answer.status]).toEqual([format, 200]);
    expect(answer.headers.get("content-type")?.split(";")[0]).toBe(types[index]);
    expect(await answer.text()).toContain(`anna@${domain}`);
  }
  const report = reportSchema.strict().parse(await (await ask("report")).json());
  expect(report).toMatchObject({
    finished: true,
    certificate: { id: certificate.id, root: certificate.root },
    mailboxes: [{ named: [{ what: "skipped", uniqueId: "u2", octets: 10, reason: "why" }], leftOut: 0 }],
    totals: certificate.totals,
  });
});

test.each(["report?format=doc", "report?certificate=0", "report?certificate=x"])(
  "%s is refused",
  async (path) => {
    const { ask } = await served();
    expect((await ask(path)).status).toBe(400);
  },
);

test("making a certificate tells how far it is, and ends with it", async () => {
  const { ask, certificate } = await served({
    async certify(_, _signal, progress) {
      progress(1, 2);
      await new Promise((resolve) => setImmediate(resolve));
      progress(2, 2);
      await new Promise((resolve) => setImmediate(resolve));
      return done({ certificate, blockers: [{ address: "bob@x", messages: 1, reasons: ["why"] }] });
    },
  });
  const answer = await ask("certificates", {});
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  const lines = (await answer.text()).trimEnd().split("\n");
  expect(lines.map((line) => certifyingSchema.parse(JSON.parse(line)))).toMatchObject([
    { kind: "progress", compared: 1, mailboxes: 2 },
    { kind: "progress", compared: 2, mailboxes: 2 },
    { kind: "certificate", certificate: { id: certificate.id }, blockers: [{ messages: 1 }] },
  ]);
});

test("what is refused at once is a problem; later it is a line", async () => {
  const early = await served({ certify: async () => failed("in-use", "One is being made.") });
  const refused = await early.ask("certificates", {});
  expect([refused.status, await refused.json()]).toMatchObject([409, { detail: "One is being made." }]);
  const late = await served({
    async certify(_, _signal, progress) {
      progress(1, 2);
      await new Promise((resolve) => setImmediate(resolve));
      return failed("temporary", "It was cut off.");
    },
  });
  const lines = (await (await late.ask("certificates", {})).text()).trimEnd().split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ kind: "problem", detail: "It was cut off." });
});

test("whoever goes away ends it", async () => {
  const ended = Promise.withResolvers<void>();
  const { ask } = await served({
    async certify(_, signal, progress) {
      signal.addEventListener("abort", () => ended.resolve());
      progress(1, 2);
      await ended.promise;
      throw new Error("the store is closed");
    },
  });
  const reader = (await ask("certificates", {})).body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"progress"');
  await reader?.cancel();
  await ended.promise;
  // A failure that nobody hears of would end the process, and fails this test.
  await new Promise((resolve) => setImmediate(resolve));
});

test("verifying tells each finding", async () => {
  const counts = { verified: 1, octets: 15, deletedSince: 0, damaged: 1 };
  const { ask } = await served({
    verify: async (_, which, mailbox) => {
      expect([which, mailbox]).toEqual(["latest", `anna@${domain}`]);
      const findings = async function* () {
        const named = { address: "anna@x", uidl: "u1", size: 10, sha256: "ab" };
        yield { kind: "damaged" as const, ...named, problem: "its content is missing" };
        yield { kind: "end" as const, mailboxes: 1, wrongRoots: 0, ...counts, roots: null };
      };
      const { certificate } = await served();
      return done({ certificate, findings: findings() });
    },
  });
  const answer = await ask("verify", { mailbox: `Anna@${domain}` });
  const lines = (await answer.text()).trimEnd().split("\n");
  expect(lines.map((line) => findingSchema.parse(JSON.parse(line)).kind)).toEqual([
    "begun",
    "damaged",
    "end",
  ]);
});
