import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PasswordHasher, usualHashing } from "./password-hash.ts";

const hasher = new PasswordHasher({ ...usualHashing, random: randomBytes });
const secret = Buffer.from("secret");

describe("PasswordHasher", () => {
  it("makes hashes in PHC form, salted, that only their password verifies", async () => {
    const [one, two] = [await hasher.hash(secret), await hasher.hash(secret)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, secret)).toBe(true);
    expect(await hasher.verify(one, Buffer.from("Secret"))).toBe(false);
    expect(await hasher.verify(one, Buffer.from("secret "))).toBe(false);
  });

  it("verifies a hash made by the reference implementation (RFC 9106's authors), with its own parameters", async () => {
    // echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
    const reference =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await hasher.verify(reference, Buffer.from("password"))).toBe(true);
  });

  it("takes octets that are no text", async () => {
    const octets = Uint8Array.of(0xff, 0x20, 0xa7, 0x00, 0x20);
    expect(await hasher.verify(await hasher.hash(octets), octets)).toBe(true);
  });

  it.each([
    "",
    "secret",
    "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=19$m=65536,t=99,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
  ])("verifies nothing against %j", async (hash) => {
    expect(await hasher.verify(hash, Buffer.from("password"))).toBe(false);
  });

  it("lets few wait, and tells the others to come again", async () => {
    const small = new PasswordHasher({ atOnce: 1, waiting: 2, random: randomBytes });
    const hash = await small.hash(secret);
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => small.verify(hash, secret)));
    expect(verdicts).toEqual([true, true, true, null, null]);
    expect(await small.verify(hash, secret)).toBe(true);
    expect(await small.verifyNothing(secret)).toBe(false);
  });
});
