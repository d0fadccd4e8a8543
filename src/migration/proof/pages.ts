/** Long listings, page by page, one row after the other. */
import type { Ledger } from "../ledger.ts";
import type { Transfer } from "../migration.ts";
import type { MailboxProof } from "./certificate.ts";
import type { ProofStore } from "./proof-store.ts";

const page = 500;

/** The moves of a domain in address order. */
export function transfersOf(ledger: Pick<Ledger, "transfers">, domain: string): AsyncGenerator<Transfer> {
  return rows((after) => ledger.transfers(domain, after, page));
}

/** The mailboxes of a certificate in address order. */
export function proofsOf(
  store: Pick<ProofStore, "proofs">,
  certificate: number,
): AsyncGenerator<MailboxProof> {
  return rows((after) => store.proofs(certificate, after, page));
}

async function* rows<Row extends { readonly address: string }>(
  read: (after: string) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after = ""; ; ) {
    const some = await read(after);
    yield* some;
    const last = some.at(-1);
    if (!last || some.length < page) return;
    after = last.address;
  }
}
