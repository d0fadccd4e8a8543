import { describe, expect, test } from "vitest";
import { BelowTraceReader, deliveryLength, forwardedSha256 } from "./below-trace.ts";

const own =
  "From: friend@example.net\r\nSubject: hello\r\nMessage-ID: <1@example.net>\r\n\r\nReceived: no field\r\n";
const received = "Received: from a by b\r\n\twith ESMTP id 1;\r\n\tMon, 2 Nov 2026 08:00:00 +0000\r\n";

function learn(text: string, chunk = text.length) {
  const reader = new BelowTraceReader();
  const octets = Buffer.from(text, "latin1");
  for (let at = 0; at < octets.length; at += chunk) reader.write(octets.subarray(at, at + chunk));
  return reader.finish();
}

describe("what lies below the trace", () => {
  test.each([
    ["another hop", received + received + own],
    ["a delivery", `Return-Path: <>\r\nX-Original-To: a@b\r\nDelivered-To: a@b\r\n${received}${own}`],
    ["a filter", `X-Spam-Status: No\r\nAuthentication-Results: x;\r\n\tspf=pass\r\n${received}${own}`],
    ["a mail store", own.replace("\r\n\r\n", "\r\nStatus: RO\r\nX-UIDL: abc\r\n\r\n")],
    ["a mail store, on top", `Status: O\r\n${received}${own}`],
  ])("is the same after %s", (_, text) => {
    expect(learn(text).sha256).toBe(learn(own).sha256);
  });

  test.each([
    ["another subject", own.replace("hello", "hallo")],
    ["another body", `${own}.`],
    ["a field further down", own.replace("Subject", "X-Other: 1\r\nSubject")],
    ["no end of the header", own.replace("\r\n\r\n", "\r\n")],
  ])("is another with %s", (_, text) => {
    expect(learn(text).sha256).not.toBe(learn(own).sha256);
  });

  test("does not depend on how the octets come", () => {
    const whole = learn(received + own);
    for (const chunk of [1, 2, 3, 7, 50]) expect(learn(received + own, chunk)).toEqual(whole);
  });

  test("of nothing, of a header alone and of a body alone can be told", () => {
    const hashes = ["", "Received: a\r\n", "Subject: a\r\n", "\r\nbody\r\n"].map(
      (text) => learn(text).sha256,
    );
    expect(new Set(hashes).size).toBe(3);
    expect(learn("").sha256).toBe(learn("Received: a\r\n").sha256);
  });

  test("tells the header, the size and whether an octet is above 127", () => {
    const { header, size, isEightBit } = learn(received + own);
    expect(Buffer.from(header).toString()).toBe((received + own).split("Received: no")[0]);
    expect({ size, isEightBit }).toEqual({ size: received.length + own.length, isEightBit: false });
    expect(learn(`${own}\xe9`).isEightBit).toBe(true);
  });
});

describe("what a forward leaves as it is", () => {
  const hash = (text: string): string => forwardedSha256(Buffer.from(text, "latin1"));

  test.each([
    ["another hop", received + received + own],
    ["a delivery", `Return-Path: <>\r\nX-Original-To: a@b\r\nDelivered-To: a@b\r\n${received}${own}`],
    ["a check of the sender", `Authentication-Results: x;\r\n\tspf=pass\r\nReceived-SPF: pass\r\n${own}`],
  ])("is the same after %s", (_, text) => {
    expect(hash(text)).toBe(hash(own));
  });

  test.each([
    ["what a filter found", `X-Spam-Status: No\r\n${own}`],
    ["what a mail store wrote", own.replace("\r\n\r\n", "\r\nStatus: RO\r\n\r\n")],
    ["a trace field below another field", own.replace("Subject", `${received}Subject`)],
    ["another Message-ID", own.replace("<1@", "<2@")],
    ["one octet more", `${own}.`],
  ])("is another with %s", (_, text) => {
    expect(hash(text)).not.toBe(hash(own));
  });

  test("does not depend on how the octets come", () => {
    const reader = new BelowTraceReader("forward");
    for (const octet of Buffer.from(received + own, "latin1")) reader.write(Uint8Array.of(octet));
    expect(reader.finish().sha256).toBe(hash(own));
  });
});

test("the fields of the last delivery are those on top, as far as there is no other", () => {
  const length = (text: string): number => deliveryLength(Buffer.from(text));
  const delivery = "Return-Path: <friend@example.net>\r\nDelivered-To:\r\n anna@big-company.com\r\n";
  expect(length(delivery + received + own)).toBe(delivery.length);
  expect(length(received + delivery + own)).toBe(0);
  expect(length("")).toBe(0);
});
