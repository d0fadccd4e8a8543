import { expect, test } from "vitest";
import { questionLimits } from "#clients/smtp-limits";
import { fixedResolver, hopTo } from "../../test/courier/consignment.ts";
import { type RunningSmtp, startSmtp } from "../../test/old-server/smtp.ts";
import { answers, dropsAt, hangsAt, refusesNullSender, waitsAt } from "../../test/old-server/smtp-faults.ts";
import { KnownGood } from "./known-good.ts";
import { type RecipientCheckSettings, SmtpRecipientCheck } from "./recipient-check.ts";

const anna = "anna@big-company.com";
const nobody = "nobody@big-company.com";
const route = "big-company.old";
const minute = 60_000;

function checkOf(server: RunningSmtp, settings: Partial<RecipientCheckSettings> = {}): SmtpRecipientCheck {
  return new SmtpRecipientCheck({
    resolver: fixedResolver(),
    isOurs: () => false,
    hopOf: async (name) => (name === route ? hopTo(server.port) : null),
    heloName: "new.big-company.com",
    instanceId: "instance-4711",
    knownGood: new KnownGood(),
    now: () => 0,
    randomLocalPart: () => "zz-random",
    ...settings,
  });
}

/** Everybody but those who say no in their name. */
const knows = (address: string): boolean => !/^(?:nobody|zz-random)/.test(address);

test("accepted, and not everybody", async () => {
  await using server = await startSmtp({ knows });
  await using check = checkOf(server);
  expect(await check.ask(route, anna)).toEqual({ answer: "accepted", acceptsEverything: false });
  expect(server.seen.commands.slice(1)).toEqual([
    "MAIL FROM:<>",
    `RCPT TO:<${anna}>`,
    "RSET",
    "MAIL FROM:<>",
    "RCPT TO:<zz-random@big-company.com>",
  ]);
  expect(server.seen.transactions).toEqual([]);
});

test("a catch-all is found out once", async () => {
  await using server = await startSmtp({});
  await using check = checkOf(server);
  for (const name of ["a", "b", "c"])
    expect(await check.ask(route, `${name}@big-company.com`)).toEqual({
      answer: "accepted",
      acceptsEverything: true,
    });
  expect(server.seen.commands.filter((command) => command.includes("zz-random"))).toHaveLength(1);
  expect(server.seen.connections).toBe(1);
});

test("no such mailbox, in the old server's own code", async () => {
  await using server = await startSmtp({ knows, unknown: "550 5.1.10 gone" });
  await using check = checkOf(server);
  expect(await check.ask(route, nobody)).toEqual({
    answer: "no-such-mailbox",
    refusal: { code: 550, enhanced: "5.1.10", text: "No such mailbox" },
  });
});

test("a bare 550 counts only while a known-good address passes", async () => {
  await using healthy = await startSmtp({ knows, unknown: "550 sorry" });
  await using check = checkOf(healthy);
  expect((await check.ask(route, nobody)).answer).toBe("no-such-mailbox");

  await using closed = await startSmtp({ knows: () => false, unknown: "550 sorry" });
  await using other = checkOf(closed);
  expect(await other.ask(route, nobody)).toEqual({ answer: "policy", reply: "550 5.0.0 sorry" });
});

test("without a postmaster, a recipient that was accepted before is the known-good one", async () => {
  const has = (address: string): boolean => address === anna;
  await using server = await startSmtp({ knows: has, unknown: "550 sorry" });
  await using check = checkOf(server);
  expect((await check.ask(route, "before@big-company.com")).answer).toBe("policy");
  await check.ask(route, anna);
  expect((await check.ask(route, nobody)).answer).toBe("no-such-mailbox");
});

test.each([
  ["MAIL", "550 5.7.1 not you", "policy"],
  ["MAIL", "451 4.3.0 later", "silent"],
  ["RCPT", "550 5.7.1 relaying denied", "policy"],
  ["RCPT", "530 5.7.0 log in first", "policy"],
  ["RCPT", "450 4.2.0 greylisted", "silent"],
  ["RCPT", "552 5.2.2 full", "silent"],
  ["CONNECT", "554 5.7.1 listed", "policy"],
  ["CONNECT", "421 4.3.2 busy", "silent"],
])("%s answered with %s is %s", async (verb, line, expected) => {
  await using server = await startSmtp({ fault: answers(verb, line) });
  await using check = checkOf(server);
  expect((await check.ask(route, anna)).answer).toBe(expected);
});

test("our postmaster asks where the null reverse-path is refused", async () => {
  await using server = await startSmtp({ knows, fault: refusesNullSender() });
  await using check = checkOf(server);
  expect((await check.ask(route, anna)).answer).toBe("accepted");
  expect(server.seen.commands).toContain("MAIL FROM:<postmaster@new.big-company.com>");
});

test("silence: a server that hangs, hangs up, or is not there", async () => {
  const limits = { ...questionLimits, recipient: 100 };
  await using hanging = await startSmtp({ fault: hangsAt("RCPT") });
  await using patient = checkOf(hanging, { limits });
  expect((await patient.ask(route, anna)).answer).toBe("silent");
  await using dropping = await startSmtp({ fault: dropsAt("RCPT") });
  await using check = checkOf(dropping);
  expect((await check.ask(route, anna)).answer).toBe("silent");
  expect((await check.ask("no.such.route", anna)).answer).toBe("silent");
  await using hurried = checkOf(hanging, { patience: 50 });
  expect((await hurried.ask(route, anna)).answer).toBe("silent");
  const resolver = { ...fixedResolver(), addresses: () => new Promise<never>(() => undefined) };
  await using nameless = checkOf(hanging, { patience: 50, resolver });
  expect((await nameless.ask(route, anna)).answer).toBe("silent");
});

test("this server itself is not asked", async () => {
  await using server = await startSmtp({ greeting: "x instance-4711" });
  await using check = checkOf(server);
  expect((await check.ask(route, anna)).answer).toBe("policy");
});

test("identical questions in flight are one", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = await startSmtp({ knows, fault: waitsAt("RCPT", gate.promise) });
  await using check = checkOf(server);
  const asking = Promise.all(
    ["anna", "Anna", "ANNA"].map((name) => check.ask(route, `${name}@big-company.com`)),
  );
  gate.resolve();
  expect((await asking).map(({ answer }) => answer)).toEqual(["accepted", "accepted", "accepted"]);
  expect(server.seen.commands.filter((command) => command.startsWith("RCPT TO:<anna"))).toHaveLength(1);
});

test("answers are believed for their time: refusals 5 minutes at most, silence 1 minute at most", async () => {
  let now = 0;
  await using server = await startSmtp({ knows });
  await using check = checkOf(server, { now: () => now });
  const times = async (recipient: string): Promise<number> => {
    await check.ask(route, recipient);
    return server.seen.commands.filter((command) => command === `RCPT TO:<${recipient}>`).length;
  };
  expect([await times(anna), await times(nobody)]).toEqual([1, 1]);
  now = 5 * minute - 1;
  expect([await times(anna), await times(nobody)]).toEqual([1, 1]);
  now = 5 * minute;
  expect([await times(anna), await times(nobody)]).toEqual([1, 2]);
  now = 3 * 60 * minute;
  expect(await times(anna)).toBe(1);

  server.options.fault = answers("RCPT", "451 later");
  const other = "other@big-company.com";
  expect(await times(other)).toBe(1);
  now += minute;
  expect(await times(other)).toBe(2);
});

test("at most five connections ask one server at a time", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = await startSmtp({ fault: waitsAt("RCPT", gate.promise) });
  await using check = checkOf(server);
  const asking = Array.from({ length: 20 }, (_, at) => check.ask(route, `u${at}@big-company.com`));
  while (server.seen.connections < 5) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(server.seen.connections).toBe(5);
  gate.resolve();
  expect(new Set((await Promise.all(asking)).map(({ answer }) => answer))).toEqual(new Set(["accepted"]));
  expect(server.seen.connections).toBe(5);
});

test("who comes from a host of the route, and who does not", async () => {
  await using server = await startSmtp({});
  const resolver = fixedResolver({ "mail.old": ["192.0.2.10", "2001:db8::10"] });
  const hop = { ...hopTo(), hosts: [{ host: "mail.old", port: 25 }] };
  await using check = checkOf(server, { resolver, hopOf: async () => hop });
  expect(await check.isHostOf(route, "192.0.2.10")).toBe(true);
  expect(await check.isHostOf(route, "2001:db8:0:0::10")).toBe(true);
  expect(await check.isHostOf(route, "192.0.2.11")).toBe(false);
  expect(await check.isHostOf(route, "")).toBe(false);
  await using local = checkOf(server);
  expect(await local.isHostOf(route, "127.0.0.1")).toBe(false);
});
