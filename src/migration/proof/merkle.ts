/**
 * The Merkle tree hash of RFC 9162 §2.1.1 (the same as in RFC 6962 §2.1) with SHA-256, over leaves as they come: of
 * any number of them only the roots of the full subtrees to the left are kept.
 */
import { hash } from "node:crypto";

const leafPrefix = Buffer.from([0x00]);
const nodePrefix = Buffer.from([0x01]);

export class MerkleTree {
  /** Roots of full subtrees, the largest first: one for each bit that is set in the number of leaves. */
  readonly #subtrees: Buffer[] = [];
  #leaves = 0;

  get leaves(): number {
    return this.#leaves;
  }

  /** @param line the octets of a leaf: printable ASCII, without a line end */
  add(line: string): void {
    let node = sha256(Buffer.concat([leafPrefix, Buffer.from(line, "latin1")]));
    for (let count = this.#leaves; count % 2 === 1; count = (count - 1) / 2) {
      const left = this.#subtrees.pop();
      if (left) node = nodeOf(left, node);
    }
    this.#subtrees.push(node);
    this.#leaves++;
  }

  /** The hash of the tree over all leaves so far, lower-case hex; of none, it is the hash of nothing. */
  root(): string {
    const right = this.#subtrees.at(-1);
    if (!right) return sha256(Buffer.alloc(0)).toString("hex");
    return this.#subtrees
      .slice(0, -1)
      .reduceRight((node, left) => nodeOf(left, node), right)
      .toString("hex");
  }
}

function nodeOf(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

function sha256(octets: Buffer): Buffer {
  return hash("sha256", octets, "buffer");
}
