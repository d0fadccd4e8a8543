import { describe, expect, it } from "vitest";
import type { Domain } from "#directory/domain";
import { silentLog } from "#observe/log";
import { type PublicSite, publicSite } from "./public-site.ts";

const local = { kind: "local", name: "big-company.com" } as Domain;
const domains = new Map<string, Domain>([
  ["big-company.com", local],
  [
    "big-company.example",
    { kind: "alias", name: "big-company.example", target: "big-company.com" } as Domain,
  ],
  ["big-company.old", { kind: "remote", name: "big-company.old" } as Domain],
]);
const listeners = [
  { name: "smtp", port: 25 },
  { name: "imaps", port: 993 },
  { name: "imap", port: 143 },
  { name: "pop3", port: 110 },
  { name: "submissions", port: 465 },
];

function site(parts: Partial<PublicSite> = {}) {
  const app = publicSite({
    hostname: "mail.big-company.com",
    hasTls: true,
    listeners,
    directory: { domain: async (name) => domains.get(name) ?? null },
    check: async () => {},
    log: silentLog,
    ...parts,
  });
  return async (path: string, init?: RequestInit, host = "mail.big-company.com") =>
    await app.request(`http://${host}${path}`, init);
}

describe("Mozilla's form of settings", () => {
  const path = "/.well-known/autoconfig/mail/config-v1.1.xml";

  it("names every service, the best first, and never port 25", async () => {
    const answer = await site()(`${path}?emailaddress=anna@big-company.com`);
    expect(answer.headers.get("content-type")).toContain("xml");
    const text = await answer.text();
    const servers = [
      ...text.matchAll(
        /type="(\w+)">\s*<hostname>(\S+)<\/hostname>\s*<port>(\d+)<\/port>\s*<socketType>(\w+)/g,
      ),
    ];
    expect(servers.map(([, ...found]) => found)).toEqual([
      ["imap", "mail.big-company.com", "993", "SSL"],
      ["imap", "mail.big-company.com", "143", "STARTTLS"],
      ["pop3", "mail.big-company.com", "110", "STARTTLS"],
      ["smtp", "mail.big-company.com", "465", "SSL"],
    ]);
  });

  it("is the same for every address, alias domains included: it tells nothing about who is here", async () => {
    const ask = site();
    const anna = await ask(`${path}?emailaddress=anna@big-company.com`);
    const nobody = await ask(`${path}?emailaddress=nobody@big-company.com`);
    expect(await nobody.text()).toBe(await anna.text());
    expect((await ask(`${path}?emailaddress=anna@big-company.example`)).status).toBe(200);
  });

  it("is found by the name that was asked, where no address is given", async () => {
    expect((await site()("/mail/config-v1.1.xml", {}, "autoconfig.big-company.com")).status).toBe(200);
  });

  it.each([
    "anna@big-company.old",
    "anna@elsewhere.example",
    "",
    "@",
    '"><x@big-company.com',
    "a".repeat(5000),
  ])("is not given for %j", async (address) => {
    const answer = await site()(`${path}?emailaddress=${encodeURIComponent(address)}`);
    expect(answer.status).toBe(404);
  });
});

describe("Outlook's form of settings", () => {
  const request = (address: string) =>
    `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress></Request></Autodiscover>`;
  const post = (body: string) => ({ method: "POST", body, headers: { "content-type": "text/xml" } });

  it.each([
    "/autodiscover/autodiscover.xml",
    "/Autodiscover/Autodiscover.xml",
    "/AutoDiscover/AutoDiscover.xml",
  ])("is given at %s, one service of each kind", async (path) => {
    const text = await (await site()(path, post(request("anna@big-company.com")))).text();
    expect([...text.matchAll(/<Type>(\w+)<\/Type>/g)].map(([, type]) => type)).toEqual([
      "IMAP",
      "POP3",
      "SMTP",
    ]);
    expect(text).toContain("<LoginName>anna@big-company.com</LoginName>");
    expect(text).toMatch(/993<\/Port>.*<Encryption>SSL.*110<\/Port>.*<Encryption>TLS/s);
  });

  it.each([
    ["<x/>", "600"],
    ["", "600"],
    [request("anna"), "600"],
    [request("&lt;anna@big-company.com"), "600"],
    [request("anna@elsewhere.example"), "500"],
  ])("refuses %j with code %s", async (body, code) => {
    const text = await (await site()("/autodiscover/autodiscover.xml", post(body))).text();
    expect(text).toContain(`<ErrorCode>${code}</ErrorCode>`);
  });

  it("takes no long requests", async () => {
    const long = await site()("/autodiscover/autodiscover.xml", post("x".repeat(20_000)));
    expect(long.status).toBe(413);
  });
});

describe("Apple's form of settings", () => {
  it("is a profile that is the same each time", async () => {
    const ask = site();
    const first = await ask("/mail.mobileconfig?address=anna@big-company.com");
    expect(first.headers.get("content-type")).toContain("application/x-apple-aspen-config");
    const text = await first.text();
    expect(text).toContain("<key>IncomingMailServerPortNumber</key><integer>993</integer>");
    expect(text).toContain("<key>OutgoingMailServerUsername</key><string>anna@big-company.com</string>");
    expect(await (await ask("/mail.mobileconfig?address=anna@big-company.com")).text()).toBe(text);
  });

  it("carries hostile text as text", async () => {
    const text = await (
      await site()(`/mail.mobileconfig?address=${encodeURIComponent('"<b>&x"@big-company.com')}`)
    ).text();
    expect(text).toContain("&#60;b&#62;&#38;x");
    expect(text).not.toContain("<b>");
  });

  it("is not there for strangers, or where nothing can be sent", async () => {
    expect((await site()("/mail.mobileconfig?address=anna@elsewhere.example")).status).toBe(404);
    const alone = site({ listeners: [{ name: "imaps", port: 993 }] });
    expect((await alone("/mail.mobileconfig?address=anna@big-company.com")).status).toBe(404);
  });
});

describe("health", () => {
  it("lives while it answers, and is ready while the store does", async () => {
    expect(await (await site()("/healthz")).text()).toBe("ok\n");
    expect((await site()("/readyz")).status).toBe(200);
    const broken = site({ check: () => Promise.reject(new Error("no disk")) });
    expect((await broken("/readyz")).status).toBe(503);
    expect((await broken("/healthz")).status).toBe(200);
  });

  it("is all that strangers see", async () => {
    const ask = site();
    for (const path of [
      "/",
      "/api/domains",
      "/api/openapi.json",
      "/autodiscover/autodiscover.xml",
      "/../etc/passwd",
    ]) {
      expect((await ask(path)).status, path).toBe(404);
    }
    expect((await ask("/healthz")).headers.get("content-security-policy")).toBe("default-src 'none'");
  });
});
