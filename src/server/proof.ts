/** Plugs together what proves a move: the ledger, visits to the old server, and content as it lies on the disk. */
import type { ProofAdministration, WhichCertificate } from "#http/migration-proof";
import { systemClock } from "#jobs/clock";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Proof } from "#migration/cutover/tools";
import type { Migration } from "#migration/migration";
import type { Certificate, OldServerFacts } from "#migration/proof/certificate";
import { Proofs, type ProofTools } from "#migration/proof/certify";
import { certifiedReport, liveReport } from "#migration/proof/report";
import { verify } from "#migration/proof/verify";
import { usualLimits } from "#migration/transfer/transfer-tools";
import type { Checked } from "#migration/transfer/transfer-worker";
import type { Store } from "#store/sqlite/open";

export interface ProofParts {
  readonly store: Store;
  readonly transfers: { check(mailbox: MailboxId): Promise<Checked> };
  readonly facts: (migration: Migration) => OldServerFacts;
  /** Connections to one old server. */
  readonly connections: number;
  readonly version: string;
}

export interface ProofRoom {
  readonly administration: ProofAdministration;
  /** What a cutover asks. */
  readonly cutover: Proof;
  readonly proofs: Proofs;
}

export function openProofs({ store, transfers, facts, connections, version }: ProofParts): ProofRoom {
  const tools: ProofTools = {
    store: store.proofs,
    ledger: store.ledger,
    transfers,
    facts,
    clock: systemClock,
    goneFor: usualLimits.goneFor,
    // One mailbox's turn begins while another one's is being written down.
    visits: connections + 2,
    software: `Mailferry ${version}`,
  };
  const proofs = new Proofs(tools);
  const find = async (domain: string, which: WhichCertificate): Promise<Outcome<Certificate>> => {
    const all = await proofs.certificates(domain);
    const one = which === "latest" ? all[0] : all.find(({ id }) => id === which);
    if (one) return done(one);
    const what = which === "latest" ? "no certificate yet" : `no certificate ${which}`;
    return failed("not-found", `${domain} has ${what}.`);
  };
  return {
    proofs,
    administration: {
      certificates: (domain) => proofs.certificates(domain),
      async certify(domain, signal, progress) {
        const certified = await proofs.certify(domain, signal, [], progress);
        if (!certified.ok) return certified;
        return done({ certificate: certified.value, blockers: await proofs.blockers(certified.value) });
      },
      async report(domain, which, mailbox) {
        const migration = await store.ledger.migration(domain);
        const wanted = which ?? (migration ? "none" : "latest");
        const found = wanted === "none" ? null : await find(domain, wanted);
        if (found?.ok) {
          const report = certifiedReport(tools, found.value, mailbox);
          return done({ report, certificate: found.value });
        }
        if (found && which !== null) return found;
        if ((await store.directory.domain(domain))?.kind !== "local")
          return failed("not-found", `${domain} is not a local domain here, and it has no certificate.`);
        return done({ report: liveReport(tools, domain, migration, mailbox), certificate: null });
      },
      async verify(domain, which, mailbox, signal) {
        const found = await find(domain, which === "none" ? "latest" : which);
        if (!found.ok) return found;
        const { value: certificate } = found;
        if (mailbox !== null && !(await store.proofs.proof(certificate.id, mailbox)))
          return failed("not-found", `Certificate ${certificate.id} says nothing of ${mailbox}.`);
        const reading = { store: store.proofs, read: store.mail.read.bind(store.mail), clock: systemClock };
        return done({ certificate, findings: verify(reading, certificate, mailbox, signal) });
      },
    },
    cutover: {
      async certify(domain, giveUp, signal) {
        const givenUp = giveUp.map((address) => ({
          address,
          by: "the administrator, at the cutover",
          what: "everything of it that is not here",
        }));
        const certified = await proofs.certify(domain, signal, givenUp);
        if (!certified.ok) return certified;
        const blockers = await proofs.blockers(certified.value);
        return done({
          certificate: String(certified.value.id),
          blockers: blockers.map(({ address, messages, reasons }) => {
            const count = messages > 0 ? `${messages} messages are unaccounted for: ` : "";
            return `${address}: ${count}${reasons.join("; ")}`;
          }),
        });
      },
    },
  };
}
