import { describe, expect, it } from "vitest";
import { isOurs, machineAddresses, rememberedAddresses } from "./own-address.ts";

const machine = ["192.0.2.10", "2001:db8::10", "127.0.0.1", "::1"];
const target = (host: string, port = 25) => ({ host, port });

describe("isOurs", () => {
  it("is about address and port together", () => {
    const listeners = [target("192.0.2.10")];
    expect(isOurs(target("192.0.2.10"), listeners, machine)).toBe(true);
    expect(isOurs(target("192.0.2.10", 2525), listeners, machine)).toBe(false);
    expect(isOurs(target("127.0.0.1"), listeners, machine)).toBe(false);
    expect(isOurs(target("192.0.2.99"), listeners, machine)).toBe(false);
  });

  it("knows that a listener on every address is on each of them", () => {
    for (const bound of ["0.0.0.0", "::"]) {
      for (const address of ["192.0.2.10", "127.0.0.1", "127.8.8.8", "2001:db8:0:0::10", "0.0.0.0", "::1"]) {
        expect(isOurs(target(address), [target(bound)], machine), address).toBe(true);
      }
      expect(isOurs(target("192.0.2.99"), [target(bound)], machine)).toBe(false);
    }
  });

  it("is not misled by spelling", () => {
    expect(isOurs(target("2001:DB8:0::10"), [target("2001:db8::10")], machine)).toBe(true);
    expect(isOurs(target("[2001:db8::10]"), [target("2001:db8::10")], machine)).toBe(true);
    expect(isOurs(target("::ffff:192.0.2.10"), [target("192.0.2.10")], machine)).toBe(true);
  });

  it("knows that connecting to no address in particular reaches this machine", () => {
    expect(isOurs(target("0.0.0.0"), [target("127.0.0.1")], machine)).toBe(true);
  });
});

it("finds the loopback address of this machine", () => {
  expect(machineAddresses()).toContain("127.0.0.1");
});

it("asks for the addresses again after a while, or when the clock was set back", () => {
  let now = 1_000_000;
  let asked = 0;
  const addresses = rememberedAddresses(
    5000,
    () => now,
    () => [`192.0.2.${++asked}`],
  );
  const at = (time: number): readonly string[] => {
    now = time;
    return addresses();
  };
  expect(at(1_000_000)).toEqual(["192.0.2.1"]);
  expect(at(1_004_999)).toEqual(["192.0.2.1"]);
  expect(at(1_005_000)).toEqual(["192.0.2.2"]);
  expect(at(900_000)).toEqual(["192.0.2.3"]);
});
