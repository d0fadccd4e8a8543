import { expect, it } from "vitest";
import { otherEncoding } from "./password-octets.ts";

it("knows the other form of a password", () => {
  expect(otherEncoding(Buffer.from("secret"))).toBeNull();
  expect(otherEncoding(Buffer.from("§"))).toEqual(Buffer.from([0xa7]));
  expect(otherEncoding(Buffer.from([0xa7]))).toEqual(Buffer.from("§"));
  expect(otherEncoding(Buffer.from("пароль"))).toBeNull();
});
