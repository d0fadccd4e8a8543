/** Group A of the failure catalogue: login names, and how connections are secured. */
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expiredFiles, goodPem } from "../../tls/certificates.ts";
import { contents, domain, Move, type MoveOptions } from "../move.ts";

const pinOf = (pem: string): string =>
  createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");

describe("A27: all forms of a name reach one account, and the form that works there is kept", () => {
  test.each([
    ["A27:form=local", "anna", {}],
    ["A27:form=local:case=exact", "anna", {}],
    ["A27:form=address", `anna@${domain}`, {}],
    ["A27:form=address:case=exact", `anna@${domain}`, {}],
    ["A27:form=domain", `${domain}\\anna`, { loginAs: `${domain}\\{local}` }],
  ] as const)("%s", async (scenario, name, options) => {
    await using move = await Move.start(scenario, options);
    const names = ["Anna", "anna", `anna@${domain}`, `ANNA@${domain.toUpperCase()}`];
    for (const one of names) expect(await move.sayIn(one)).toBe("+OK");
    const { transfers } = await move.status();
    expect(transfers.map(({ address }) => address)).toEqual([`anna@${domain}`]);
    await move.copied();
    const before = move.old.pop3.seen.badLogins;
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect(move.old.pop3.seen.badLogins).toBe(before);
    expect(
      move.old.pop3.seen.commands.filter((command) => command.endsWith(` USER ${name}`)).length,
    ).toBeGreaterThan(0);
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A28: old or broken TLS is refused by default, with the option that helps; never clear text unasked", () => {
  /** Why `migration on` refuses. */
  async function refusal(scenario: string, options: MoveOptions = {}): Promise<string> {
    return await Move.start(scenario, { tls: "verify", ...options, rightAtFirst: false }).then(
      async (move) => {
        await move[Symbol.asyncDispose]();
        return "it was taken";
      },
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  test.each([
    ["A28:form=self-signed", `--tls pin=${pinOf(goodPem)}`],
    ["A28:form=expired", `--tls pin=${pinOf(readFileSync(expiredFiles.certificate, "utf8"))}`],
    ["A28:form=missing", "--tls none"],
    ["A28:form=broken", "use pop3s://, or --tls none"],
    ["A28:form=tls10", "--tls verify,min=1.0"],
  ])("%s: refused, naming what helps", async (scenario, words) => {
    const reason = await refusal(scenario);
    expect(reason).toContain(words);
    expect(reason).toMatch(/cannot be used/);
  });

  test("TLS from the first octet that is too old", async () => {
    const from = (port: number): string => `pop3s://127.0.0.1:${port}`;
    expect(await refusal("A28:form=tls10:port=implicit", { from })).toContain("min=1.0");
    expect(await refusal("A28:form=self-signed:port=implicit", { from })).toContain(`pin=${pinOf(goodPem)}`);
  });

  test.each([
    ["A28:form=self-signed", goodPem, ""],
    ["A28:form=expired", readFileSync(expiredFiles.certificate, "utf8"), ""],
    ["A28:form=tls10", goodPem, ",min=1.0"],
  ])("%s: with the option set it is used", async (scenario, pem, least) => {
    await using move = await Move.start(scenario, { tls: `pin=${pinOf(pem)}${least}`, rightAtFirst: false });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });

  test.each(["missing", "broken", "tls10", "expired"])(
    "what breaks later is a temporary error, and no password goes out: %s",
    async (form) => {
      await using move = await Move.start("A28:form=self-signed", {
        tls: `pin=${pinOf(goodPem)}`,
        rightAtFirst: false,
      });
      move.old.select(`A28:form=${form}`);
      move.old.pop3.seen.commands.length = 0;
      expect(await move.tryLogin()).toMatch(/^-ERR \[SYS\/TEMP\]/);
      expect(
        move.old.pop3.seen.commands.filter((command) => / (?:PASS|USER|AUTH|APOP)/.test(command)),
      ).toEqual([]);
      expect((await move.status()).transfers).toEqual([]);
    },
  );
});
