import { beforeEach, describe, expect, test } from "vitest";
import type { AuditEntry } from "#observe/audit";
import { RefusedLogins } from "./refused-logins.ts";

describe("logins that the old server refused", () => {
  let now: number;
  let kept: AuditEntry[];
  let logins: RefusedLogins;
  const domain = "big-company.com";
  const refuse = (name: string, peerAddress = "192.0.2.7") =>
    logins.note({ address: `${name}@${domain}`, domain, peerAddress, protocol: "imap" });

  beforeEach(() => {
    now = Date.UTC(2025, 5, 1);
    kept = [];
    logins = new RefusedLogins({ recordSoon: (entry) => void kept.push(entry) }, () => now);
  });

  test("are recorded at once, and the others of the hour as one figure", () => {
    for (let n = 0; n < 5; n++) refuse("anna");
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({ object: `anna@${domain}`, remote: "192.0.2.7", details: { times: 1 } });
    now += 3_600_000;
    refuse("bob");
    expect(kept.slice(1)).toMatchObject([
      { object: `anna@${domain}`, details: { times: 4 } },
      { object: `bob@${domain}`, details: { times: 1 } },
    ]);
  });

  test("do not fill the disk, however many guess", () => {
    for (let n = 0; n < 100_000; n++) refuse(`name${n}`, `2001:db8:${(n % 60_000).toString(16)}::1`);
    expect(kept).toHaveLength(50);
    logins.summarise();
    expect(kept).toHaveLength(51);
    expect(kept.at(-1)).toMatchObject({ object: "others", details: { times: 99_950 } });
  });
});
