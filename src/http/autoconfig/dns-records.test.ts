import { expect, it } from "vitest";
import { dnsRecords } from "./dns-records.ts";
import { mailServers } from "./mail-server.ts";

it("says what to publish, and what is not there, so that programs stop looking", () => {
  const listeners = [
    { name: "smtp", port: 25 },
    { name: "imap", port: 143 },
    { name: "pop3s", port: 995 },
    { name: "submission", port: 587 },
  ];
  const servers = mailServers("mail.big-company.com", listeners, true);
  const records = dnsRecords("big-company.com", "mail.big-company.com", servers, listeners);
  expect(records.map(({ name, type, value }) => `${name} ${type} ${value}`)).toEqual([
    "big-company.com. MX 10 mail.big-company.com.",
    "_imaps._tcp.big-company.com. SRV 0 0 0 .",
    "_imap._tcp.big-company.com. SRV 1 1 143 mail.big-company.com.",
    "_pop3s._tcp.big-company.com. SRV 0 1 995 mail.big-company.com.",
    "_pop3._tcp.big-company.com. SRV 0 0 0 .",
    "_submissions._tcp.big-company.com. SRV 0 0 0 .",
    "_submission._tcp.big-company.com. SRV 1 1 587 mail.big-company.com.",
    "autoconfig.big-company.com. CNAME mail.big-company.com.",
    "autodiscover.big-company.com. CNAME mail.big-company.com.",
  ]);
});

it("publishes no service without TLS", () => {
  const listeners = [{ name: "imap", port: 143 }];
  const servers = mailServers("mail.big-company.com", listeners, false);
  expect(servers).toEqual([{ protocol: "imap", host: "mail.big-company.com", port: 143, security: "none" }]);
  const records = dnsRecords("big-company.com", "mail.big-company.com", servers, listeners);
  expect(records.filter(({ type }) => type === "SRV").every(({ value }) => value === "0 0 0 .")).toBe(true);
});
