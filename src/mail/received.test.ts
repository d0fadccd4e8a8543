import { describe, expect, it } from "vitest";
import { type HeaderField, headerFields } from "./header.ts";
import {
  composeReceived,
  countReceived,
  internalDateOf,
  newestReceivedDate,
  type ReceivedTrace,
} from "./received.ts";

const trace: ReceivedTrace = {
  from: "client.example",
  peerAddress: "192.0.2.1",
  by: "mail.big-company.com",
  with: "ESMTPS",
  id: "q1.0123",
  for: "anna@big-company.com",
  date: new Date("2025-03-04T12:00:00Z"),
};

function header(...fields: string[]): Uint8Array {
  return Buffer.from(`${fields.join("\r\n")}\r\n\r\n`);
}

function fieldsOf(...fields: string[]): Iterable<HeaderField> {
  return headerFields(header(...fields));
}

describe("composeReceived", () => {
  it("writes one folded field", () => {
    expect(composeReceived(trace)).toBe(
      "Received: from client.example ([192.0.2.1])\r\n" +
        "\tby mail.big-company.com with ESMTPS id q1.0123\r\n" +
        "\tfor <anna@big-company.com>;\r\n" +
        "\tTue, 4 Mar 2025 12:00:00 +0000\r\n",
    );
  });

  it("marks IPv6 addresses and leaves out what is not given", () => {
    const field = composeReceived({ ...trace, peerAddress: "2001:db8::1", for: null });
    expect(field).toContain("([IPv6:2001:db8::1])");
    expect(field).not.toContain("for");
  });

  it("stays one field whatever the client said", () => {
    const evil = "x\r\nSubject: y\r\n\r\n(;<\\\0";
    const field = composeReceived({
      ...trace,
      from: evil,
      id: evil,
      with: evil,
      peerAddress: evil,
      for: evil,
    });
    expect([...headerFields(Buffer.from(field))]).toHaveLength(1);
    expect(field).toContain("from unknown (");
    expect(field).not.toContain("for <");
    for (const line of field.split("\r\n")) expect(line.length).toBeLessThan(998);
    expect(newestReceivedDate(headerFields(Buffer.from(field)))).toEqual(trace.date);
  });
});

describe("newestReceivedDate", () => {
  it("takes the topmost field that has a sane date", () => {
    const first = "Received: from a by b; 4 Mar 2025 12:00:00 +0000";
    const second = "Received: from c by d; 1 Mar 2025 12:00:00 +0000";
    expect(newestReceivedDate(fieldsOf(first, second))?.toISOString()).toBe("2025-03-04T12:00:00.000Z");
    for (const odd of [
      "Received: by a",
      "Received: by a; 1 Jan 1970 00:00:00",
      "Received: by a; 1 Jan 2200 00:00:00",
    ]) {
      expect(newestReceivedDate(fieldsOf(odd, second))?.toISOString()).toBe("2025-03-01T12:00:00.000Z");
    }
    expect(newestReceivedDate(fieldsOf("Subject: x"))).toBeNull();
  });

  it("reads the date after the last semicolon, folded", () => {
    const field = "Received: from a (b; c) by d;\r\n\tTue, 4 Mar\r\n\t2025 12:00:00 +0000 (UTC)";
    expect(newestReceivedDate(fieldsOf(field))?.toISOString()).toBe("2025-03-04T12:00:00.000Z");
  });
});

describe("internalDateOf", () => {
  it("is Received before Date, sane before not", () => {
    const date = Date.UTC(2024, 0, 1);
    const receivedDate = Date.UTC(2025, 0, 1);
    expect(internalDateOf({ receivedDate, date })).toBe(receivedDate);
    expect(internalDateOf({ receivedDate: null, date })).toBe(date);
    expect(internalDateOf({ receivedDate: 0, date })).toBe(date);
    expect(internalDateOf({ receivedDate: null, date: 0 })).toBeNull();
    expect(internalDateOf({ receivedDate: null, date: null })).toBeNull();
  });
});

describe("countReceived", () => {
  it("counts hops", () => {
    expect(countReceived(header("Received: 1", "Subject: x", "RECEIVED: 2", "X-Received: 3"))).toBe(2);
  });
});
