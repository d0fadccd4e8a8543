import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, SaslExchange, type SaslStep, saslMechanism } from "./sasl.ts";

const base64 = (text: string | Uint8Array): Uint8Array => Buffer.from(Buffer.from(text).toString("base64"));
const said = (name: string, password: string | Uint8Array): SaslStep => ({
  step: "credentials",
  credentials: { name, password: Buffer.from(password) },
});

describe("PLAIN", () => {
  it("takes an initial response (RFC 4616 §4)", () => {
    expect(new SaslExchange("PLAIN").start(base64("\0tim\0tanstaaftanstaaf"))).toEqual(
      said("tim", "tanstaaftanstaaf"),
    );
  });

  it("asks with an empty challenge where there is none", () => {
    const exchange = new SaslExchange("PLAIN");
    expect(exchange.start(null)).toEqual({ step: "challenge", challenge: "" });
    expect(exchange.respond(base64("\0anna\0secret"))).toEqual(said("anna", "secret"));
  });

  it("keeps the password's octets, whatever they are", () => {
    const password = fc.uint8Array({ minLength: 1, maxLength: 200, min: 1 });
    fc.assert(
      fc.property(password, (octets) => {
        const message = Buffer.concat([Buffer.from("\0anna\0"), octets]);
        expect(new SaslExchange("PLAIN").start(base64(message))).toEqual(said("anna", octets));
      }),
    );
  });

  it("lets nobody act for somebody else", () => {
    expect(new SaslExchange("PLAIN").start(base64("anna\0anna\0x"))).toEqual(said("anna", "x"));
    expect(new SaslExchange("PLAIN").start(base64("bob\0anna\0x")).step).toBe("invalid");
  });

  it.each([
    "",
    "anna",
    "\0anna",
    "\0\0x",
    "\0anna\0",
    "\0anna\0x\0y",
    "\0an\nna\0x",
    `\0${"a".repeat(256)}\0x`,
  ])("refuses %j", (message) => {
    expect(new SaslExchange("PLAIN").start(base64(message) as Uint8Array).step).toBe("invalid");
  });

  it("refuses names that are no UTF-8", () => {
    expect(new SaslExchange("PLAIN").start(base64(Uint8Array.of(0, 0xff, 0, 65))).step).toBe("invalid");
  });
});

describe("LOGIN", () => {
  it("asks for name and password", () => {
    const exchange = new SaslExchange("LOGIN");
    expect(exchange.start(null)).toEqual({ step: "challenge", challenge: "VXNlcm5hbWU6" });
    expect(exchange.respond(base64("anna"))).toEqual({ step: "challenge", challenge: "UGFzc3dvcmQ6" });
    expect(exchange.respond(base64(" pass word "))).toEqual(said("anna", " pass word "));
  });

  it("takes the name as initial response", () => {
    const exchange = new SaslExchange("LOGIN");
    expect(exchange.start(base64("anna"))).toEqual({ step: "challenge", challenge: "UGFzc3dvcmQ6" });
  });

  it("ends when the client says *", () => {
    const exchange = new SaslExchange("LOGIN");
    exchange.start(null);
    expect(exchange.respond(Buffer.from("*"))).toEqual({ step: "cancelled" });
  });
});

describe("base64", () => {
  it("is read strictly", () => {
    for (const wrong of ["YQ", "YQ=", "YR==", "Y Q=", "YQ==\n", "====", "Y-==", "é==="]) {
      expect(decodeBase64(Buffer.from(wrong)), wrong).toBeNull();
    }
    expect(decodeBase64(Buffer.from("YQ=="))).toEqual(Buffer.from("a"));
    expect(decodeBase64(new Uint8Array(0))).toEqual(Buffer.alloc(0));
  });

  it("is bounded", () => {
    expect(decodeBase64(Buffer.alloc(4096, "A"))).toBeNull();
  });
});

it("knows mechanisms by name, in any case", () => {
  expect([saslMechanism("plain"), saslMechanism("Login"), saslMechanism("CRAM-MD5")]).toEqual([
    "PLAIN",
    "LOGIN",
    null,
  ]);
});
