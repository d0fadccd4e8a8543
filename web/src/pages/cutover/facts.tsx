import type { CertificateView } from "#http/proof-views";
import { say } from "../../words/cutover.ts";
import { number, time } from "../../words/format.ts";

/** What a certificate says of itself. The greeting is the old server's own text. */
export function Facts({ certificate }: { certificate: CertificateView }) {
  const { facts } = say.proof;
  const { oldServer, givenUp, begunAt, endedAt } = certificate;
  const rows: readonly (readonly [string, string | null])[] = [
    [facts.number, number(certificate.id)],
    [facts.oldServer, `${oldServer.url} (TLS: ${oldServer.tls})`],
    [facts.greeting, oldServer.greeting],
    [facts.fingerprint, oldServer.fingerprint],
    [facts.compared, `${time(begunAt)} – ${time(endedAt)}`],
    [facts.mailboxes, number(certificate.mailboxes)],
    [facts.root, certificate.root],
    [facts.software, certificate.software],
    [
      facts.givenUp,
      givenUp.length === 0 ? null : givenUp.map(({ address, what }) => `${address} (${what})`).join("; "),
    ],
  ];
  return (
    <dl className="facts">
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
