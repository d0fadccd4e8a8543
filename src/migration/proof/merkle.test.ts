import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MerkleTree } from "./merkle.ts";

/** RFC 9162 §2.1.1 word for word. */
function mth(leaves: readonly string[]): Buffer {
  const hash = (...parts: (string | Buffer)[]) => {
    const digest = createHash("sha256");
    for (const part of parts) digest.update(typeof part === "string" ? Buffer.from(part, "latin1") : part);
    return digest.digest();
  };
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return hash("\x00", leaves[0] ?? "");
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return hash("\x01", mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

function rootOf(leaves: readonly string[]): string {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

test("the roots of the well-known leaves of Certificate Transparency", () => {
  const leaves = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ].map((hex) => Buffer.from(hex, "hex").toString("latin1"));
  expect(leaves.map((_, index) => rootOf(leaves.slice(0, index + 1)))).toEqual([
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]);
});

test("of nothing it is the hash of nothing", () => {
  expect(rootOf([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("leaf by leaf it is what the definition says of all of them", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 70 }), (leaves) => {
      const ascii = leaves.map((leaf) => Buffer.from(leaf).toString("hex"));
      expect(rootOf(ascii)).toBe(mth(ascii).toString("hex"));
    }),
  );
});
