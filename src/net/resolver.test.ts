import { describe, expect, it } from "vitest";
import { createResolver, type DnsQueries, type Resolver } from "./resolver.ts";

const dnsError = (code: string): Error => Object.assign(new Error(code), { code });
const no = (code: string) => (): Promise<never> => Promise.reject(dnsError(code));

function resolver(queries: Partial<DnsQueries>, milliseconds = 5000): Resolver {
  const none: DnsQueries = {
    resolveMx: no("ENODATA"),
    resolve4: no("ENODATA"),
    resolve6: no("ENODATA"),
    lookup: no("ENOTFOUND"),
  };
  return createResolver({ queries: { ...none, ...queries }, milliseconds, random: () => 0.5 });
}

describe("MX", () => {
  const records = (...some: [number, string][]): Resolver =>
    resolver({ resolveMx: async () => some.map(([priority, exchange]) => ({ priority, exchange })) });

  it("orders by preference, once each, at most ten", async () => {
    const answer = await records([20, "b.example"], [10, "A.example."], [30, "b.example"]).mx(
      "big-company.com",
    );
    expect(answer).toEqual({ answer: "hosts", hosts: ["a.example", "b.example"] });
    const many = await records(...Array.from({ length: 50 }, (_, n): [number, string] => [n, `h${n}`])).mx(
      "x.com",
    );
    expect(many.answer === "hosts" && many.hosts.length).toBe(10);
  });

  it("shuffles equal preferences", async () => {
    const dice = [0.9, 0.1];
    const shuffled = createResolver({
      queries: {
        resolveMx: async () => ["a", "b"].map((exchange) => ({ exchange, priority: 10 })),
        resolve4: no("ENODATA"),
        resolve6: no("ENODATA"),
        lookup: no("ENODATA"),
      },
      milliseconds: 1000,
      random: () => dice.shift() ?? 0,
    });
    expect(await shuffled.mx("x.com")).toEqual({ answer: "hosts", hosts: ["b", "a"] });
  });

  it("knows the null MX (RFC 7505)", async () => {
    expect(await records([0, "."]).mx("x.com")).toEqual({ answer: "null-mx" });
    expect(await records([0, ""]).mx("x.com")).toEqual({ answer: "null-mx" });
  });

  it("takes the domain itself where there is no MX (RFC 5321 §5.1)", async () => {
    expect(await resolver({}).mx("x.com")).toEqual({ answer: "hosts", hosts: ["x.com"] });
  });

  it("tells no such domain from cannot tell", async () => {
    expect(await resolver({ resolveMx: no("ENOTFOUND") }).mx("x.com")).toEqual({ answer: "no-such-domain" });
    expect((await resolver({ resolveMx: no("ESERVFAIL") }).mx("x.com")).answer).toBe("try-later");
    const silent = resolver({ resolveMx: () => new Promise(() => undefined) }, 20);
    expect(await silent.mx("x.com")).toEqual({
      answer: "try-later",
      reason: "MX of x.com: no answer in time",
    });
  });
});

describe("addresses", () => {
  it("are an address itself, without asking", async () => {
    expect(await resolver({}).addresses("10.0.0.5")).toEqual({
      answer: "addresses",
      addresses: ["10.0.0.5"],
    });
    expect(await resolver({}).addresses("::1")).toEqual({ answer: "addresses", addresses: ["::1"] });
  });

  it("are of both families, and one family is enough", async () => {
    const both = resolver({ resolve4: async () => ["192.0.2.1"], resolve6: async () => ["2001:db8::1"] });
    expect(await both.addresses("h")).toEqual({
      answer: "addresses",
      addresses: ["2001:db8::1", "192.0.2.1"],
    });
    const half = resolver({ resolve4: async () => ["192.0.2.1"], resolve6: no("ESERVFAIL") });
    expect(await half.addresses("h")).toEqual({ answer: "addresses", addresses: ["192.0.2.1"] });
  });

  it("are asked of the system's own list last", async () => {
    const hosts = resolver({ resolve4: no("ENOTFOUND"), lookup: async () => ["127.0.0.1"] });
    expect(await hosts.addresses("localhost")).toEqual({ answer: "addresses", addresses: ["127.0.0.1"] });
  });

  it("are none only when that is sure", async () => {
    expect(await resolver({}).addresses("h")).toEqual({ answer: "none" });
    expect((await resolver({ resolve4: no("ETIMEOUT") }).addresses("h")).answer).toBe("try-later");
  });
});
