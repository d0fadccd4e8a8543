import { describe, expect, it } from "vitest";
import { addressGroup, FailureCounter } from "./limits.ts";

describe("FailureCounter", () => {
  const at = { now: 1_000_000 };
  const counter = (capacity = 100): FailureCounter =>
    new FailureCounter({ failures: 3, windowMilliseconds: 1000, capacity }, () => at.now);

  it("blocks after so many failures, until the oldest leaves the window", () => {
    const failures = counter();
    failures.fail("a");
    at.now += 100;
    failures.fail("a");
    expect(failures.isBlocked("a")).toBe(false);
    at.now += 100;
    failures.fail("a");
    expect(failures.blockedFor("a")).toBe(800);
    expect(failures.isBlocked("b")).toBe(false);
    at.now += 799;
    expect(failures.isBlocked("a")).toBe(true);
    at.now += 1;
    expect(failures.isBlocked("a")).toBe(false);
    failures.fail("a");
    expect(failures.isBlocked("a")).toBe(true);
  });

  it("forgets on request, and by itself once the window is over", () => {
    const failures = counter();
    for (let count = 0; count < 3; count++) failures.fail("a");
    failures.forget("a");
    expect(failures.isBlocked("a")).toBe(false);
    failures.fail("a");
    at.now += 1001;
    expect(failures.isBlocked("a")).toBe(false);
    expect(failures.keys).toBe(0);
  });

  it("keeps no more keys than it may, the latest ones", () => {
    const failures = counter(10);
    for (let key = 0; key < 1000; key++) for (let count = 0; count < 3; count++) failures.fail(String(key));
    expect(failures.keys).toBe(10);
    expect([failures.isBlocked("989"), failures.isBlocked("990"), failures.isBlocked("999")]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe("addressGroup", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:0DB8:0:0:ffff::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
    ["", ""],
  ])("%s counts as %s", (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
