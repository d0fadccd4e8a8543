/** Each bad server of the failure catalogue: exactly the right findings, each with what to do. */
import { describe, expect, test } from "vitest";
import { finding, named, rehearse, type Stage } from "./rehearsed.ts";

/** What every rehearsal of these says as well: the scripted server has no TLS, and the domain no pipe. */
const always = ["note clear-text", "note no-pipe"];

interface Row {
  readonly scenario: string;
  readonly verdict: "go" | "options" | "stop";
  readonly finds: readonly string[];
  readonly stage?: Stage;
}

/** Who reads a finding on a page has no command line: what is meant for it stands apart. */
const commandLine = /(^|\s)--[a-z]|mailferry [a-z]/;

const verify: Stage = { server: { tls: { mode: "verify" } } };
const implicit: Stage = { server: { tls: { mode: "verify" }, implicitTls: true } };

const rows: readonly Row[] = [
  { scenario: "A1", verdict: "go", finds: ["note uidl-repeated"] },
  { scenario: "A2", verdict: "go", finds: ["note uidl-unusable"] },
  { scenario: "A3:form=always", verdict: "options", finds: ["option uidl-unstable"] },
  { scenario: "A4", verdict: "go", finds: ["note uidl-missing"] },
  { scenario: "A4:form=hidden", verdict: "go", finds: [] },
  { scenario: "A5", verdict: "go", finds: ["note uidl-odd"] },
  { scenario: "A6", verdict: "go", finds: ["note listing-moves"] },
  { scenario: "A7", verdict: "go", finds: ["note order-changes"] },
  { scenario: "A8:form=drop", verdict: "go", finds: ["note capa-hangs"] },
  { scenario: "A8:form=hang", verdict: "go", finds: ["note capa-hangs"] },
  { scenario: "A9", verdict: "go", finds: ["note pipelining-broken"] },
  { scenario: "A10", verdict: "go", finds: ["note login-held-up", "note maildrop-lock"] },
  { scenario: "A12", verdict: "go", finds: ["note login-delay"] },
  { scenario: "A12:form=text", verdict: "options", finds: ["option login-delay"] },
  { scenario: "A14", verdict: "go", finds: ["note sizes-wrong"] },
  {
    scenario: "A15:form=unstuffed",
    verdict: "options",
    finds: ["option dots-not-doubled", "note top-differs", "note sizes-wrong"],
  },
  { scenario: "A17:form=refused", verdict: "go", finds: ["note top-refused"] },
  { scenario: "A17:form=truncated", verdict: "go", finds: ["note top-differs"] },
  { scenario: "A17:form=twice", verdict: "go", finds: ["note top-broken"] },
  { scenario: "A18:form=hides", verdict: "stop", finds: ["stop reading-removes"] },
  { scenario: "A19", verdict: "options", finds: ["option listing-window"], stage: { messages: 260 } },
  { scenario: "A20", verdict: "go", finds: ["note retrieval-fails"] },
  { scenario: "A21:at=1", verdict: "go", finds: ["note retrieval-fails"] },
  { scenario: "A29:form=http", verdict: "stop", finds: ["stop no-pop3"] },
  { scenario: "D5", verdict: "stop", finds: ["stop unreachable"] },
  { scenario: "D15", verdict: "stop", finds: ["stop password-logins-off"] },
  { scenario: "D19", verdict: "stop", finds: ["stop lets-everybody-in", "note maildrop-empty"] },
  { scenario: "F1", verdict: "go", finds: ["note odd-octets"] },
  { scenario: "F5", verdict: "go", finds: ["note reading-changes", "note sizes-wrong"] },
  {
    scenario: "F5:form=store",
    verdict: "options",
    finds: ["option messages-rewritten", "note reading-changes"],
  },
  { scenario: "A28:form=tls10", verdict: "stop", finds: ["stop tls-too-old"], stage: verify },
  { scenario: "A28:form=tls10:port=implicit", verdict: "stop", finds: ["stop tls-too-old"], stage: implicit },
  { scenario: "A28:form=expired", verdict: "stop", finds: ["stop tls-certificate"], stage: verify },
  { scenario: "A28:form=self-signed", verdict: "stop", finds: ["stop tls-certificate"], stage: verify },
  { scenario: "A28:form=broken", verdict: "stop", finds: ["stop tls-broken"], stage: verify },
  { scenario: "A28:form=missing", verdict: "stop", finds: ["stop tls-not-offered"], stage: verify },
  { scenario: "", verdict: "stop", finds: ["stop tls-not-at-once"], stage: implicit },
  { scenario: "", verdict: "go", finds: [] },
];

describe("a bad old server", () => {
  test.each(rows)("$scenario: $finds", async ({ scenario, verdict, finds, stage }) => {
    const { report } = await rehearse({ scenario, ...stage });
    const others = named(report).filter((name) => !always.includes(name));
    expect(others).toEqual(finds);
    expect(report.verdict).toBe(verdict);
    for (const found of report.findings.filter(({ level }) => level !== "good")) {
      expect(found.seen, found.id).not.toBe("");
      expect(found.means, found.id).not.toBe("");
      expect(found.do, found.id).not.toBe("");
      expect(`${found.seen} ${found.means} ${found.do}`, found.id).not.toMatch(commandLine);
    }
  });
});

const routes: readonly Row[] = [
  { scenario: "", verdict: "go", finds: ["note route-clear"] },
  { scenario: "C4", verdict: "go", finds: ["note route-clear", "note route-takes-everything"] },
  { scenario: "C8", verdict: "options", finds: ["option route-greylists", "note route-clear"] },
  { scenario: "C8:form=policy", verdict: "stop", finds: ["stop route-policy", "note route-clear"] },
  { scenario: "C9:form=any", verdict: "stop", finds: ["stop route-refuses-us"] },
];

describe("the way of mail for people who have not come", () => {
  test.each(routes)("$scenario: $finds", async ({ scenario, verdict, finds }) => {
    const { report } = await rehearse({ scenario, pipes: true });
    expect(named(report).filter((name) => !always.includes(name))).toEqual(finds);
    expect(report.verdict).toBe(verdict);
    for (const { id, seen, means, do: todo } of report.findings)
      expect(`${seen} ${means} ${todo}`, id).not.toMatch(commandLine);
  });

  test("C2: a next hop that greets as we do is ourselves, and so is such an old server", async () => {
    const { report } = await rehearse({ scenario: "C2", pipes: true, tools: { isOwnGreeting: () => true } });
    expect(named(report)).toEqual(["stop leads-to-us", "stop route-leads-to-us"]);
  });

  test("a person whom the old server does not know", async () => {
    const { report } = await rehearse({ pipes: true, knows: () => false });
    expect(named(report, "stop")).toEqual(["stop route-unknown-person"]);
    expect(finding(report, "route-unknown-person").seen).toContain("550 5.1.1");
  });
});

describe("what helps is named exactly", () => {
  test("A28: TLS 1.0 and a certificate of its own: the pin and the version, which then work", async () => {
    const { report } = await rehearse({ scenario: "A28:form=tls10", ...verify });
    const tls = finding(report, "tls-too-old").settings?.tls ?? "";
    expect(tls).toMatch(/^pin=[0-9a-f]{64},min=1\.0$/);
    expect(report.next).toMatch(
      /^mailferry migration rehearse big-company\.com --user anna@big-company\.com --from pop3:.* --tls pin=/,
    );
    const sha256 = tls.slice(4, 68);
    const again = await rehearse({
      scenario: "A28:form=tls10",
      server: { tls: { mode: "pin", sha256, minVersion: "1.0" } },
    });
    expect(again.report.verdict).toBe("go");
    expect(finding(again.report, "tls").seen).toContain("TLS 1");
  });

  test("A27: the form of the login name that works", async () => {
    const { report } = await rehearse({ scenario: "A27:form=local", server: { loginAs: null } });
    expect(report.verdict).toBe("options");
    expect(finding(report, "login-name").settings).toEqual({ loginAs: "{local}" });
    expect(report.next).toContain("migration on big-company.com");
    expect(report.next).toContain("--login-as '{local}'");
  });

  test("a wrong password says nothing of the server", async () => {
    const { report, commands } = await rehearse({ password: "mistyped" });
    expect(named(report, "stop")).toEqual(["stop login-refused"]);
    expect(commands.join("\n")).not.toContain("mistyped");
  });
});
