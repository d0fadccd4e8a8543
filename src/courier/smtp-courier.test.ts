import { expect, test } from "vitest";
import type { MxAnswer } from "#net/resolver";
import type { Delivery } from "#queue/courier";
import { consignment, fixedResolver, hopTo } from "../../test/courier/consignment.ts";
import { type RunningSmtp, startSmtp } from "../../test/old-server/smtp.ts";
import {
  answers,
  anySmtpFault,
  dropsAt,
  greylists,
  refusesNullSender,
  takesAndDrops,
} from "../../test/old-server/smtp-faults.ts";
import { KnownGood } from "./known-good.ts";
import { SmtpCourier, type SmtpCourierSettings } from "./smtp-courier.ts";

const { signal } = new AbortController();
const anna = "anna@big-company.com";
const bob = "bob@big-company.com";
const nobody = "nobody@big-company.com";
const knows = (address: string): boolean => address !== nobody;

function courier(settings: Partial<SmtpCourierSettings> = {}): SmtpCourier {
  return new SmtpCourier({
    heloName: "new.big-company.com",
    instanceId: "instance-4711",
    resolver: fixedResolver(),
    isOurs: () => false,
    knownGood: new KnownGood(),
    ...settings,
  });
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = await startSmtp({});
  await server[Symbol.asyncDispose]();
  return server.port;
}

function inWords(delivery: Delivery): string {
  const { kind, reply } = delivery;
  const extra =
    (delivery.kind === "rejected" && delivery.policy ? " policy" : "") +
    (delivery.kind === "deferred" && delivery.mayHaveArrived ? " may have arrived" : "");
  return `${kind} ${reply.code ?? "-"} ${reply.enhanced}${extra}`;
}

async function deliver(mail: SmtpCourier, server: RunningSmtp, ...addresses: string[]): Promise<string[]> {
  return (await mail.deliver(consignment(hopTo(server.port), addresses), signal)).map(inWords);
}

test("one transaction for all, the trace on top, one result each", async () => {
  await using server = await startSmtp({ knows });
  await using mail = courier();
  expect(await deliver(mail, server, anna, nobody, bob)).toEqual([
    "delivered 250 2.0.0",
    "rejected 550 5.1.1",
    "delivered 250 2.0.0",
  ]);
  expect(server.seen.transactions).toMatchObject([{ recipients: [anna, bob], helo: "new.big-company.com" }]);
  expect(server.seen.transactions[0]?.octets.toString()).toBe(
    "Received: from here\r\nSubject: x\r\n\r\ntext\r\n",
  );
  expect(server.seen.transactions[0]?.mail).toBe("<bob@example.com> SIZE=41 BODY=8BITMIME");
});

test("a connection serves several messages; one that went stale is replaced at once", async () => {
  await using server = await startSmtp({});
  await using mail = courier();
  await deliver(mail, server, anna);
  await deliver(mail, server, anna);
  expect(server.seen.connections).toBe(1);
  server.disconnect();
  expect(await deliver(mail, server, anna)).toEqual(["delivered 250 2.0.0"]);
  server.options.fault = ({ verb, connection }) =>
    verb === "MAIL" && connection === 2
      ? { do: "reply-and-drop", line: "421 4.4.2 idle for too long" }
      : null;
  expect(await deliver(mail, server, anna)).toEqual(["delivered 250 2.0.0"]);
  expect(server.seen.connections).toBe(3);
});

test("more recipients than a transaction takes go in several", async () => {
  await using server = await startSmtp({});
  await using mail = courier();
  const many = Array.from({ length: 250 }, (_, at) => `user${at}@big-company.com`);
  const results = await deliver(mail, server, ...many);
  expect(new Set(results)).toEqual(new Set(["delivered 250 2.0.0"]));
  expect(server.seen.transactions.map(({ recipients }) => recipients.length)).toEqual([100, 100, 50]);
});

test("fixed hosts in order: the next one where one cannot be reached or puts off", async () => {
  await using first = await startSmtp({ fault: greylists() });
  await using second = await startSmtp({});
  await using mail = courier();
  const hop = hopTo(await closedPort(), first.port, second.port);
  const results = await mail.deliver(consignment(hop, [anna, bob]), signal);
  expect(results.map(inWords)).toEqual(["delivered 250 2.0.0", "delivered 250 2.0.0"]);
  expect(first.seen.transactions).toHaveLength(0);
  expect(second.seen.transactions).toHaveLength(1);
});

test("a message that may have arrived goes nowhere else in this attempt", async () => {
  await using first = await startSmtp({ fault: takesAndDrops() });
  await using second = await startSmtp({});
  await using mail = courier();
  const results = await mail.deliver(consignment(hopTo(first.port, second.port), [anna]), signal);
  expect(results.map(inWords)).toEqual(["deferred - 4.4.2 may have arrived"]);
  expect(second.seen.connections).toBe(0);
});

test("no server at all", async () => {
  await using mail = courier();
  const hop = hopTo(await closedPort());
  const [result] = await mail.deliver(consignment(hop, [anna]), signal);
  expect(result).toMatchObject({
    kind: "deferred",
    mayHaveArrived: false,
    reply: { host: null, enhanced: "4.4.1" },
  });
});

test.each([
  ["CONNECT", "554 5.7.1 you are listed", "rejected 554 5.7.1 policy"],
  ["CONNECT", "421 4.3.2 busy", "deferred 421 4.3.2"],
  ["MAIL", "550 5.7.1 not from you", "rejected 550 5.7.1 policy"],
  ["MAIL", "552 5.3.4 too big", "rejected 552 5.3.4"],
  ["RCPT", "550 5.7.1 relaying denied", "rejected 550 5.7.1 policy"],
  ["RCPT", "552 5.2.2 full", "rejected 552 5.2.2"],
  ["RCPT", "450 4.2.0 later", "deferred 450 4.2.0"],
  ["DATA", "451 later", "deferred 451 4.0.0"],
  ["MESSAGE", "554 5.7.23 SPF", "rejected 554 5.7.23 policy"],
  ["MESSAGE", "554 5.6.0 broken", "rejected 554 5.6.0"],
])("%s answered with %s", async (verb, line, expected) => {
  await using server = await startSmtp({ fault: answers(verb, line) });
  await using mail = courier();
  expect(await deliver(mail, server, anna)).toEqual([expected]);
});

test("what may go away by itself outweighs a refusal by another host", async () => {
  await using refusing = await startSmtp({ fault: answers("CONNECT", "554 no") });
  await using mail = courier();
  for (const ports of [
    [refusing.port, await closedPort()],
    [await closedPort(), refusing.port],
  ]) {
    const [result] = await mail.deliver(consignment(hopTo(...ports), [anna]), signal);
    expect(result?.kind).toBe("deferred");
  }
});

test("a bare 550 is about the recipient only while a known address passes", async () => {
  const unknown = "550 sorry";
  await using server = await startSmtp({ unknown, knows: (address) => address === anna });
  await using mail = courier();
  // Neither postmaster nor anybody else is known to pass.
  expect(await deliver(mail, server, nobody)).toEqual(["rejected 550 5.0.0 policy"]);
  expect(await deliver(mail, server, anna)).toEqual(["delivered 250 2.0.0"]);
  expect(await deliver(mail, server, nobody)).toEqual(["rejected 550 5.0.0"]);

  await using withPostmaster = await startSmtp({
    unknown,
    knows: (address) => address.startsWith("postmaster@"),
    fault: refusesNullSender(),
  });
  expect(await deliver(mail, withPostmaster, "other@big-company.com")).toEqual(["rejected 550 5.0.0"]);
});

test("this server itself is refused, by its address and by its greeting", async () => {
  await using server = await startSmtp({ greeting: "mail.big-company.com ESMTP instance-4711" });
  await using mail = courier();
  expect(await deliver(mail, server, anna)).toEqual(["rejected - 5.4.6 policy"]);
  await using other = courier({ instanceId: "another", isOurs: (_, port) => port === server.port });
  expect(await deliver(other, server, anna)).toEqual(["rejected - 5.4.6 policy"]);
  expect(server.seen.connections).toBe(1);
});

test("8-bit text goes out as it is where 8BITMIME is not offered", async () => {
  await using server = await startSmtp({ offers: [] });
  await using mail = courier();
  const text = "Subject: x\r\n\r\ncaf\xe9\r\n";
  await mail.deliver(consignment(hopTo(server.port), [anna], text), signal);
  expect(server.seen.transactions[0]?.mail).toBe("<bob@example.com>");
  expect(server.seen.transactions[0]?.octets.toString("latin1")).toBe(`Received: from here\r\n${text}`);
});

test("SMTPUTF8 is passed on, left out where nothing needs it, and missed where something does", async () => {
  await using modern = await startSmtp({});
  await using old = await startSmtp({ offers: ["8BITMIME"] });
  await using mail = courier();
  const utf8 = { smtpUtf8: true };
  const plain = "Subject: x\r\n\r\ncaf\xe9\r\n";
  await mail.deliver(consignment(hopTo(modern.port), [anna], plain, utf8), signal);
  expect(modern.seen.transactions[0]?.mail).toContain("SMTPUTF8");
  const results = [
    await mail.deliver(consignment(hopTo(old.port), [anna, "anna@größe.de"], plain, utf8), signal),
    await mail.deliver(consignment(hopTo(old.port), [anna], "Subject: caf\xe9\r\n\r\nx\r\n", utf8), signal),
    await mail.deliver(consignment(hopTo(old.port), ["jürgen@big-company.com", anna], plain, utf8), signal),
  ];
  expect(results.map((result) => result.map(inWords))).toEqual([
    ["delivered 250 2.0.0", "delivered 250 2.0.0"],
    ["rejected - 5.6.7"],
    ["rejected - 5.6.7", "delivered 250 2.0.0"],
  ]);
  expect(old.seen.transactions[0]?.recipients).toEqual([anna, "anna@xn--gre-6ka8i.de"]);
});

test("trouble with our own content is no fault of the server, and costs no result that is known", async () => {
  await using server = await startSmtp({});
  await using mail = courier();
  const parcel = consignment(
    hopTo(server.port),
    Array.from({ length: 101 }, (_, at) => `u${at}@big-company.com`),
  );
  let opened = 0;
  const flaky = {
    ...parcel,
    content: async () => {
      if (++opened > 1) throw new Error("the disk is gone");
      return await parcel.content();
    },
  };
  const results = (await mail.deliver(flaky, signal)).map(inWords);
  expect(results.filter((result) => result === "delivered 250 2.0.0")).toHaveLength(100);
  expect(results.at(-1)).toBe("deferred - 4.3.0");
});

test("whether the next hop takes over reports", async () => {
  await using without = await startSmtp({ offers: ["8BITMIME"] });
  await using mail = courier();
  const [result] = await mail.deliver(consignment(hopTo(without.port), [anna]), signal);
  expect(result).toMatchObject({ kind: "delivered", keepsNotify: false });
});

const mxHop = { name: "example.org", hosts: [], tls: { mode: "opportunistic" } } as const;

test.each<[string, MxAnswer | undefined, string]>([
  ["null MX", { answer: "null-mx" }, "rejected - 5.1.10"],
  ["no domain", undefined, "rejected - 5.1.2"],
  ["DNS trouble", { answer: "try-later", reason: "SERVFAIL" }, "deferred - 4.4.3"],
  ["a mail exchanger without an address", { answer: "hosts", hosts: ["mx.example.org"] }, "deferred - 4.4.4"],
])("by MX: %s", async (_, mx, expected) => {
  await using mail = courier({ resolver: fixedResolver({}, mx ? { "example.org": mx } : {}) });
  const results = await mail.deliver(consignment(mxHop, ["a@example.org"]), signal);
  expect(results.map(inWords)).toEqual([expected]);
});

test("by MX: the next address where one hangs up, and never past ourselves", async () => {
  await using server = await startSmtp({ fault: anySmtpFault(dropsAt("CONNECT")) });
  const resolver = fixedResolver(
    { "mx1.example.org": ["127.0.0.1", "127.0.0.1"], us: ["127.0.0.1"] },
    {
      "example.org": { answer: "hosts", hosts: ["mx1.example.org"] },
      "example.net": { answer: "hosts", hosts: ["us", "mx1.example.org"] },
    },
  );
  await using mail = courier({ resolver, mxPort: server.port });
  const results = await mail.deliver(consignment(mxHop, ["a@example.org"]), signal);
  expect(results.map(inWords)).toEqual(["delivered 250 2.0.0"]);
  expect(server.seen.connections).toBe(2);

  await using wary = courier({ resolver, mxPort: server.port, isOurs: () => true });
  const looping = await wary.deliver(
    consignment({ ...mxHop, name: "example.net" }, ["a@example.net"]),
    signal,
  );
  expect(looping.map(inWords)).toEqual(["rejected - 5.4.6 policy"]);
});
