import { beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { comesTo, House, hasher, secretHash } from "../../test/login/prover-house.ts";
import type { Prover } from "./prove.ts";

let house: House;
let login: Prover;
beforeEach(() => {
  house = new House();
  login = house.login();
});

const prove = (name: string, password: string | Uint8Array, peerAddress?: string): Promise<string> =>
  comesTo(login, name, password, peerAddress);

describe("D14: a password that is sealed and not hashed yet", () => {
  beforeEach(() => {
    house.hashes.delete(1);
    house.unhashed.set(1, Buffer.from("secret"));
  });

  it("proves its owner, and nobody else, without a hash and without the old server", async () => {
    expect(await prove("anna", "guess")).toBe("refused");
    expect(await prove("anna", "secret")).toBe("mailbox 1");
    expect([house.checks, house.asked]).toEqual([0, []]);
  });

  it("is taken in the other encoding, too", async () => {
    house.unhashed.set(1, Buffer.from("Stra\u00dfe"));
    expect(await prove("anna", Buffer.from("Stra\u00dfe", "latin1"))).toBe("mailbox 1");
  });

  it("is guessed at no more often than others", async () => {
    for (let n = 0; n < 3; n++) expect(await prove("anna", `guess ${n}`)).toBe("refused");
    expect(await prove("anna", "guess again")).toBe("try-later");
    expect(await prove("anna", "secret")).toBe("mailbox 1");
  });

  it("proves no more once it is another one, though it was right a moment ago", async () => {
    expect(await prove("anna", "secret")).toBe("mailbox 1");
    house.unhashed.delete(1);
    house.hashes.set(1, await hasher.hash(Buffer.from("changed")));
    expect(await prove("anna", "secret")).toBe("refused");
    expect(await prove("anna", "changed")).toBe("mailbox 1");
  });

  it("that opens no more leaves it to the old server to judge", async () => {
    house.unhashed.set(1, new Uint8Array());
    house.oldServer = async (request) => {
      const isRight = Buffer.from(request.password).equals(Buffer.from("old"));
      return isRight ? { answer: "admitted", mailbox: 1 as MailboxId } : { answer: "bad" };
    };
    expect(await prove("anna", "guess")).toBe("refused");
    expect(await prove("anna", "old")).toBe("mailbox 1");
    expect(house.asked).toHaveLength(2);
  });

  it("that was hashed between two questions still proves its owner", async () => {
    house.unhashed.delete(1);
    const hashed = secretHash;
    house.awaitsOwner = async () => {
      house.hashes.set(1, hashed);
      return false;
    };
    expect(await prove("anna", "secret")).toBe("mailbox 1");
  });
});
