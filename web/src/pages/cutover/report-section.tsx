import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import type { CertificateView, ReportView } from "#http/proof-views";
import { ask } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { say } from "../../words/cutover.ts";
import { NamedMessages } from "./named-messages.tsx";
import { ReportTable } from "./report-table.tsx";

interface ReportSectionProps {
  readonly path: string;
  readonly domain: string;
  /** By which it tells; null: the ledger as it is now, while the move goes on. */
  readonly certificate: CertificateView | null;
}

const forms = [
  ["text", "txt"],
  ["html", "html"],
  ["json", "json"],
  ["csv", "csv"],
] as const;

/** What became of every message: to read, to print, and to keep elsewhere. */
export function ReportSection({ path, domain, certificate }: ReportSectionProps) {
  const which = certificate === null ? "none" : String(certificate.id);
  const query = (format: string) => `${path}/report?format=${format}&certificate=${which}`;
  const [report, setReport] = useState<ReportView | null>(null);
  const [isPrinting, setPrinting] = useState(false);
  const read = useAction(async () => setReport(await ask<ReportView>(query("json"))));
  useEffect(() => {
    if (!isPrinting) return;
    // All rows are on the page by now.
    print();
    setPrinting(false);
  }, [isPrinting]);
  const told = report?.certificate ? say.report.byCertificate(report.certificate.id) : say.report.asItIs;
  return (
    <Stack gap="sm">
      <Title order={3} size="h4">
        {say.report.title}
        {report === null ? "" : `, ${told}`}
      </Title>
      <Group className="on-screen">
        <Button variant="default" loading={read.isBusy} onClick={read.start}>
          {say.report.read}
        </Button>
        {report === null ? null : (
          <Button variant="default" onClick={() => setPrinting(true)}>
            {say.report.print}
          </Button>
        )}
        <Text size="sm">{say.report.download}</Text>
        {forms.map(([format, ending]) => (
          <Anchor
            key={format}
            href={`/api${query(format)}`}
            download={`${domain}-report.${ending}`}
            underline="always"
          >
            {say.report.forms[format]}
          </Anchor>
        ))}
      </Group>
      <ActionProblem action={read} />
      {report === null ? null : (
        <>
          <ReportTable report={report} isWhole={isPrinting} />
          <NamedMessages report={report} isWhole={isPrinting} />
          {report.notMoved.length === 0 ? null : (
            <>
              <Title order={4} size="h5">
                {say.report.staysTitle}
              </Title>
              <dl className="facts">
                {report.notMoved.map(({ what, do: advice }) => (
                  <div key={what} className="fact">
                    <dt>{what}</dt>
                    <dd>{advice}</dd>
                  </div>
                ))}
              </dl>
            </>
          )}
        </>
      )}
    </Stack>
  );
}
