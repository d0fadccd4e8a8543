// Each real old server alone: it starts, holds mail, lists it, takes mail by SMTP and refuses unknown people.
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { poplibRead, smtplibSend } from "./clients/python.ts";
import { letter, letters } from "./letters.ts";
import type { Endpoint } from "./loopback.ts";
import { startCourierCompany, startDovecotCompany, startPopa3dCompany } from "./peers/companies.ts";
import { startDovecot } from "./peers/dovecot.ts";
import { loginOf, type OldCompany, oldListing, oldMaildrop, type Person } from "./peers/old-company.ts";
import { must } from "./program.ts";

const COMPANIES: readonly (readonly [string, () => Promise<OldCompany>])[] = [
  ["Dovecot and Postfix", () => startDovecotCompany()],
  ["popa3d and Postfix", () => startPopa3dCompany()],
  ["Courier POP3 and Postfix", () => startCourierCompany()],
];

describe.each(COMPANIES)("%s", (_, start) => {
  test("holds mail, lists it to poplib, takes mail by smtplib, refuses unknown people", async () => {
    await using company = await start();
    const anna = company.person("anna");
    await company.addPerson(anna);
    const placed = letters(5);
    await company.place(anna, placed);

    const account = { server: company.pop3, login: loginOf(company, anna), password: anna.password };
    const read = await poplibRead(account);
    if (read.refused !== undefined) throw new Error(read.refused);
    expect(read.count).toBe(5);
    expect(read.messages.map(sha256)).toEqual(placed.map(sha256));
    const judged = await oldMaildrop(company, anna);
    expect(judged.uidls).toEqual(read.uidls);
    expect(judged.messages.map(({ sha256 }) => sha256)).toEqual(placed.map(sha256));

    const mail = { from: "carl@example.com", message: letter("fresh", "just arrived\r\n.with a dot") };
    const sent = await smtplibSend({ server: company.exchanger.smtp }, { ...mail, to: [anna.address] });
    expect(sent).toEqual({ failed: undefined, refused: {} });
    await company.exchanger.drained();
    const after = await oldMaildrop(company, anna);
    expect(after.uidls.slice(0, 5)).toEqual(judged.uidls);
    expect(after.messages).toHaveLength(6);
    expect(after.messages[5]?.content.toString("latin1")).toContain(mail.message.toString("latin1"));

    const nobody = company.person("nobody").address;
    const refused = await smtplibSend({ server: company.exchanger.smtp }, { ...mail, to: [nobody] });
    expect(refused.refused[nobody]).toMatch(/^550 5\.1\.1 /);
    const wrong = await poplibRead({ ...account, password: "wrong" });
    expect(wrong.refused).toContain("-ERR");
  });

  test("keeps the numbers and UIDLs of old mail when some of it goes", async () => {
    await using company = await start();
    const bob = company.person("bob");
    await company.addPerson(bob);
    await company.place(bob, letters(4));
    const before = await oldListing(company, bob);
    expect(await company.removeContaining(bob, "letter-2@example.com")).toBe(1);
    const after = await oldListing(company, bob);
    const uidls = before.uidls.map(([, uidl]) => uidl);
    expect(after.uidls.map(([, uidl]) => uidl)).toEqual(uidls.filter((_uidl, index) => index !== 1));
  });
});

describe("quirks the walk-through rests on", () => {
  test("popa3d: equal headers share one UIDL, whatever the body says", async () => {
    await using company = await startPopa3dCompany();
    const anna = company.person("anna");
    await company.addPerson(anna);
    await company.place(anna, [letter("same", "one"), letter("same", "one"), letter("same", "another body")]);
    const { uidls } = await oldListing(company, anna);
    expect(new Set(uidls.map(([, uidl]) => uidl)).size).toBe(1);
  });

  test("Courier: hides a message with an 8-bit header from programs that do not ask for UTF8", async () => {
    await using company = await startCourierCompany();
    const anna = company.person("anna");
    await company.addPerson(anna);
    const message = letter("Gr\xc3\xbc\xc3\x9fe", "hello");
    await company.place(anna, [message]);
    const account = { server: company.pop3, login: loginOf(company, anna), password: anna.password };
    const plain = await poplibRead(account);
    expect(plain.refused ?? plain.messages[0]?.toString()).toContain("Cannot display Unicode content");
    expect((await oldMaildrop(company, anna)).messages[0]?.content).toEqual(message);
  });

  test("Dovecot: UIDLs follow pop3_uidl_format; a locked maildrop refuses the second session", async () => {
    const extra = "mail_max_lock_timeout = 1 secs";
    await using dovecot = await startDovecot({ uidlFormat: "%f", lockSession: true, extra });
    const anna = { address: "anna@big-company.com", password: "secret" };
    await dovecot.addUser(anna);
    await dovecot.deliver(anna.address, letters(1));
    expect((await dovecot.uidls(anna))[0]?.[1]).toMatch(/^16\d+\.M\d+P1\.old$/);
    using _held = await heldSession(dovecot.pop3, anna);
    await expect(dovecot.uidls(anna)).rejects.toThrow(/\[IN-USE\]/);
  });

  test("Dovecot: offers STLS with a certificate of its own", async () => {
    await using dovecot = await startDovecot({ tls: true });
    const { host, port } = dovecot.pop3;
    const argv = ["openssl", "s_client", "-starttls", "pop3", "-connect", `${host}:${port}`, "-showcerts"];
    const shown = await must(argv, { input: "QUIT\r\n" });
    expect(shown).toContain(dovecot.certificate?.trim().split("\n")[1]);
  });
});

/** A POP3 session that has logged in and stays. */
async function heldSession(server: Endpoint, person: Person): Promise<Disposable> {
  const socket = connect(server.port, server.host);
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  await lines.next();
  for (const line of [`USER ${person.address}`, `PASS ${person.password}`]) {
    socket.write(`${line}\r\n`);
    const { value } = await lines.next();
    if (!String(value).startsWith("+OK")) throw new Error(String(value));
  }
  return { [Symbol.dispose]: () => socket.destroy() };
}

function sha256(octets: Buffer): string {
  return createHash("sha256").update(octets).digest("hex");
}
