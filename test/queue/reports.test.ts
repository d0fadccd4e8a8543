import { describe, expect, test } from "vitest";
import { fixedResolver } from "../courier/consignment.ts";
import { startSmtp } from "../old-server/smtp.ts";
import { answers } from "../old-server/smtp-faults.ts";
import { QueueHouse, until } from "./queue-house.ts";

const anna = "anna@big-company.com";
const ben = "ben@big-company.com";
const text = "Subject: hello\r\n\r\nthe body\r\n";
const hour = 60 * 60_000;
const day = 24 * hour;

const isEmpty = (house: QueueHouse) => async () => (await house.waiting()).length === 0;

/** Whatever comes by MX comes to this port. */
const everywhere = (...domains: string[]) =>
  fixedResolver(
    { mx: ["127.0.0.1"] },
    Object.fromEntries(domains.map((domain) => [domain, { answer: "hosts", hosts: ["mx"] }])),
  );

describe("a failure", () => {
  test("is told to one of our own in their mailbox, once for all recipients of the attempt", async () => {
    await using server = await startSmtp({ unknown: "550 5.1.1 no such person", knows: () => false });
    const resolver = everywhere("example.org");
    await using house = await QueueHouse.open({ ports: [], resolver, mxPort: server.port });
    const carl = await house.admit("carl@big-company.com");
    await house.start();
    const via = { kind: "relay", to: "example.org" } as const;
    const recipients = ["x@example.org", "y@example.org"].map((address) => ({ address, via }));
    await house.accept(text, recipients, { reversePath: "carl@big-company.com", envelopeId: "QQ314" });
    await until(isEmpty(house));
    const [report = "", ...others] = await house.inbox(carl);
    expect(others).toEqual([]);
    expect(report).toMatch(/^Return-Path: <>\r\n/);
    expect(report).toContain("Content-Type: multipart/report; report-type=delivery-status");
    expect(report).toContain("Original-Envelope-Id: QQ314\r\n");
    for (const address of ["x@example.org", "y@example.org"])
      expect(report).toContain(`Final-Recipient: rfc822; ${address}\r\nAction: failed\r\nStatus: 5.1.1\r\n`);
    expect(report).toContain("Remote-MTA: dns; mx\r\n");
    expect(report).toContain("Diagnostic-Code: smtp; 550 5.1.1 no such person\r\n");
    expect(report).toContain(
      `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${text}`,
    );
  });

  test("is told to a stranger by mail from the null reverse-path, and a report that fails is told to nobody", async () => {
    await using server = await startSmtp({ unknown: "550 5.1.1 no", knows: (address) => address !== anna });
    const resolver = everywhere("example.com");
    await using house = await QueueHouse.open({ ports: [server.port], resolver, mxPort: server.port });
    await house.start();
    await house.accept(text, [{ address: anna }], { ret: "HDRS" });
    await until(() => server.seen.transactions.length === 1);
    await until(isEmpty(house));
    const [report] = server.seen.transactions;
    expect(report).toMatchObject({ reversePath: "", recipients: ["bob@example.com"] });
    expect(report?.rcpt).toEqual(["<bob@example.com> NOTIFY=NEVER"]);
    const octets = report?.octets.toString() ?? "";
    expect(octets).toContain(
      `text/rfc822-headers\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: hello\r\n`,
    );
    expect(octets).not.toContain("the body");

    server.options.fault = answers("RCPT", "550 5.1.1 nobody here");
    await house.accept(text, [{ address: ben }]);
    await until(
      () => server.seen.commands.filter((command) => command.includes("bob@example.com")).length > 1,
    );
    await until(isEmpty(house));
    expect(server.seen.transactions).toHaveLength(1);
  });

  test("is not told after NOTIFY=NEVER, nor about mail from the null reverse-path", async () => {
    await using server = await startSmtp({ fault: answers("RCPT", "550 5.1.1 no") });
    const resolver = everywhere("example.com");
    await using house = await QueueHouse.open({ ports: [server.port], resolver, mxPort: server.port });
    await house.start();
    await house.accept(text, [{ address: anna, notify: ["NEVER"] }]);
    await house.accept(text, [{ address: anna }], { reversePath: "" });
    await until(isEmpty(house));
    expect(server.seen.commands.filter((command) => command.startsWith("RCPT"))).toHaveLength(2);
  });

  test("comes at last when a server never answers, after a delay was told once", async () => {
    await using server = await startSmtp({ fault: answers("RCPT", "450 4.2.0 not now") });
    await using house = await QueueHouse.open({ ports: [server.port] });
    const carl = await house.admit("carl@big-company.com");
    await house.start();
    const sender = { reversePath: "carl@big-company.com", authenticated: "carl@big-company.com" };
    await house.accept(text, [{ address: anna }], sender);
    const begun = house.clock.now();
    await until(async () => {
      await house.clock.advance(hour);
      return (await house.waiting()).length === 0;
    });
    expect(house.clock.now() - begun).toBeGreaterThanOrEqual(5 * day);
    const [delay = "", failure = "", ...others] = await house.inbox(carl);
    expect(others).toEqual([]);
    expect(delay).toContain("Action: delayed\r\nStatus: 4.2.0\r\n");
    expect(delay).toContain("Will-Retry-Until: ");
    expect(delay).not.toContain("the body");
    expect(failure).toContain("Action: failed\r\nStatus: 4.4.7\r\n");
    expect(failure).toContain("not now");
  });
});

test("a success is told where it was asked for and the next hop does not see to it", async () => {
  await using without = await startSmtp({ offers: ["PIPELINING"] });
  await using house = await QueueHouse.open({ ports: [without.port] });
  const carl = await house.admit("carl@big-company.com");
  await house.start();
  const sender = { reversePath: "carl@big-company.com" };
  await house.accept(
    text,
    [{ address: anna, notify: ["SUCCESS"], originalRecipient: "rfc822;Anna@x.com" }],
    sender,
  );
  await until(isEmpty(house));
  await until(async () => (await house.inbox(carl)).length === 1);
  const [report = ""] = await house.inbox(carl);
  expect(report).toContain("Original-Recipient: rfc822; Anna@x.com\r\n");
  expect(report).toContain("Action: relayed\r\nStatus: 2.0.0\r\n");
});

test("a refusal by policy holds piped mail back and raises an alarm, and it goes when that is mended", async () => {
  await using server = await startSmtp({ fault: answers("RCPT", "550 5.7.1 relaying denied") });
  await using house = await QueueHouse.open({ ports: [server.port] });
  const carl = await house.admit("carl@big-company.com");
  await house.start();
  await house.accept(text, [{ address: anna }], { reversePath: "carl@big-company.com" });
  await until(() => house.alarms.length === 1);
  expect(house.alarms).toEqual([
    { route: "big-company.old", recipient: anna, reply: "127.0.0.1: 550 5.7.1 relaying denied" },
  ]);
  await house.clock.advance(hour);
  await until(() => house.alarms.length > 1);
  delete server.options.fault;
  await until(async () => {
    await house.clock.advance(hour);
    return (await house.waiting()).length === 0;
  });
  expect(server.seen.transactions.map(({ recipients }) => recipients)).toEqual([[anna]]);
  expect(await house.inbox(carl)).toEqual([]);
});

test("a failure whose report cannot be kept waits with it", async () => {
  await using server = await startSmtp({ fault: answers("RCPT", "550 5.1.1 no") });
  await using house = await QueueHouse.open({ ports: [server.port] });
  const carl = await house.admit("carl@big-company.com");
  const { stage } = house.store;
  const begin = stage.begin.bind(stage);
  let isFull = false;
  stage.begin = () => {
    if (isFull) throw new Error("the disk is full");
    return begin();
  };
  await house.accept(text, [{ address: anna }], { reversePath: "carl@big-company.com" });
  isFull = true;
  await house.start();
  await until(async () => (await house.waiting())[0]?.lastReply !== null);
  isFull = false;
  await house.clock.advance(31_000);
  await until(isEmpty(house));
  expect(await house.inbox(carl)).toHaveLength(1);
});
