import { describe, expect, test } from "vitest";
import type { AddressesAnswer, MxAnswer, Resolver } from "#net/resolver";
import { ManualClock } from "../../test/jobs/manual-clock.ts";
import { NameLeadsSeen } from "./name-leads.ts";

const domain = "big-company.com";
const hostname = "mail.big-company.com";
const oldServer = "old.big-company.com";

/** A resolver with these addresses, and how often it was asked for the MX. */
class Names implements Resolver {
  asked = 0;
  readonly #hosts: Readonly<Record<string, AddressesAnswer | readonly string[]>>;
  readonly #mx: () => Promise<MxAnswer>;

  constructor(
    hosts: Readonly<Record<string, AddressesAnswer | readonly string[]>>,
    mx: () => Promise<MxAnswer>,
  ) {
    this.#hosts = hosts;
    this.#mx = mx;
  }

  async mx(): Promise<MxAnswer> {
    this.asked++;
    return await this.#mx();
  }
  async addresses(host: string): Promise<AddressesAnswer> {
    const found = this.#hosts[host];
    if (!found) return { answer: "none" };
    return "answer" in found ? found : { answer: "addresses", addresses: found };
  }
}

const ownMx = async (): Promise<MxAnswer> => ({ answer: "hosts", hosts: ["mx.big-company.com"] });
const hosts = {
  "mx.big-company.com": ["192.0.2.5"],
  [oldServer]: ["192.0.2.5"],
  [hostname]: ["192.0.2.9"],
  "pop.big-company.com": ["192.0.2.9"],
};

describe("where names lead", () => {
  test("MX, the old server's name, and the names that programs have, and whether they lead here", async () => {
    const seen = new NameLeadsSeen({ resolver: new Names(hosts, ownMx), clock: new ManualClock(), hostname });
    const { leads, unknown } = await seen.of({ domain, oldServer });
    expect(leads.map(({ name, kind, addresses, isHere }) => [name, kind, ...addresses, isHere])).toEqual([
      ["mx.big-company.com", "mx", "192.0.2.5", false],
      ["old.big-company.com", "old", "192.0.2.5", false],
      ["mail.big-company.com", "usual", "192.0.2.9", true],
      ["pop.big-company.com", "usual", "192.0.2.9", true],
    ]);
    expect(unknown).toEqual([]);
  });

  test("are looked up once a minute", async () => {
    const clock = new ManualClock();
    const resolver = new Names(hosts, ownMx);
    const seen = new NameLeadsSeen({ resolver, clock, hostname });
    await Promise.all([seen.of({ domain, oldServer }), seen.of({ domain, oldServer })]);
    await clock.advance(59_000);
    await seen.of({ domain, oldServer });
    expect(resolver.asked).toBe(1);
    await clock.advance(1000);
    await seen.of({ domain, oldServer });
    expect(resolver.asked).toBe(2);
  });

  test("keep nobody waiting for a slow DNS, and come when they come", async () => {
    const clock = new ManualClock();
    const gate = Promise.withResolvers<void>();
    const resolver = new Names(hosts, async () => {
      await gate.promise;
      return await ownMx();
    });
    const seen = new NameLeadsSeen({ resolver, clock, hostname });
    const first = seen.of({ domain, oldServer });
    await clock.advance(999);
    expect(await first).toEqual({ lookedUp: null, leads: [], unknown: [] });
    gate.resolve();
    expect((await seen.of({ domain, oldServer })).leads).toHaveLength(4);
    expect(resolver.asked).toBe(1);
  });

  test("no DNS is said, and an IP address is no name", async () => {
    const silent = { answer: "try-later", reason: "no name server answers" } as const;
    const everything = new Proxy({}, { get: () => silent });
    const seen = new NameLeadsSeen({
      resolver: new Names(everything, async () => silent),
      clock: new ManualClock(),
      hostname,
    });
    expect(await seen.of({ domain, oldServer: "192.0.2.5" })).toMatchObject({
      leads: [],
      unknown: ["no name server answers"],
    });
  });

  test("what a defect throws is no answer, and no reason to fail", async () => {
    const resolver = new Names(hosts, () => Promise.reject(new Error("broken")));
    const seen = new NameLeadsSeen({ resolver, clock: new ManualClock(), hostname });
    expect((await seen.of({ domain, oldServer })).unknown).toEqual(["broken"]);
  });
});
