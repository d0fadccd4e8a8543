import { Alert, Badge, Button, Group, List, Paper, Stack, Table, Text, Title } from "@mantine/core";
import type { RehearsalView } from "#http/rehearsal";
import { WideTable } from "../../parts/wide-table.tsx";
import { say } from "../../words/guide.ts";
import type { OldServerText } from "../domain-settings/old-server-form.ts";

type Finding = RehearsalView["findings"][number];
export type Settings = NonNullable<Finding["settings"]>;

const colors = { go: "teal", options: "orange", stop: "red" } as const;
const levelColors = { stop: "red", option: "orange", note: "gray", good: "teal" } as const;

interface RehearsalReportProps {
  readonly report: RehearsalView;
  /** The old server as it is described now. */
  readonly current: OldServerText;
  readonly onTake: (settings: Settings) => void;
}

/** What a rehearsal found, the gravest first, each with what to do. */
export function RehearsalReport({ report, current, onTake }: RehearsalReportProps) {
  const { rehearsal } = say;
  const asked = report.findings.flatMap(({ settings }) => (settings ? [settings] : []));
  const open = asked.filter((settings) => !isTaken(settings, current));
  return (
    <Stack component="section" aria-label={rehearsal.title} gap="sm">
      <Title order={3} size="h4">
        {rehearsal.title}
      </Title>
      <Alert color={colors[report.verdict]} variant="light" role="status">
        {rehearsal.verdicts[report.verdict]}
      </Alert>
      {open.length > 1 ? (
        <Group>
          <Button onClick={() => onTake(Object.assign({}, ...open))}>{rehearsal.takeAll}</Button>
        </Group>
      ) : null}
      {report.findings
        .filter(({ level }) => level !== "good")
        .map((finding) => (
          <FindingCard
            key={`${finding.id} ${finding.people.join()} ${finding.seen}`}
            finding={finding}
            current={current}
            onTake={onTake}
          />
        ))}
      <Good findings={report.findings.filter(({ level }) => level === "good")} />
      <People people={report.people} />
      <Text size="sm">{rehearsal.time(report.totals)}</Text>
      <ProgramList programs={report.programs} />
    </Stack>
  );
}

interface FindingCardProps extends Omit<RehearsalReportProps, "report"> {
  readonly finding: Finding;
}

function FindingCard({ finding, current, onTake }: FindingCardProps) {
  const { rehearsal } = say;
  const { level, seen, means, people, settings } = finding;
  return (
    <Paper withBorder p="md" className="address">
      <Group gap="sm" mb="xs" align="start">
        <Badge variant="default" data-level={level} color={levelColors[level]}>
          {rehearsal.levels[level]}
        </Badge>
        {people.length === 0 ? null : <Text size="sm">{rehearsal.about(people)}</Text>}
      </Group>
      <Text fw={600}>{seen}</Text>
      <Text size="sm">{means}</Text>
      {finding.do === "" ? null : (
        <Text size="sm">
          {rehearsal.todo} {finding.do}
        </Text>
      )}
      {settings === undefined ? null : (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          disabled={isTaken(settings, current)}
          onClick={() => onTake(settings)}
        >
          {isTaken(settings, current) ? rehearsal.taken : rehearsal.take}
        </Button>
      )}
    </Paper>
  );
}

function isTaken({ from, tls, loginAs }: Settings, current: OldServerText): boolean {
  return (
    (from === undefined || from === current.from) &&
    (tls === undefined || tls === current.tls) &&
    (loginAs === undefined || loginAs === current.loginAs)
  );
}

function Good({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <div>
      <Text fw={600}>{say.rehearsal.levels.good}</Text>
      <List size="sm" className="address">
        {findings.map(({ id, seen }) => (
          <List.Item key={`${id} ${seen}`}>{seen}</List.Item>
        ))}
      </List>
    </div>
  );
}

function People({ people }: Pick<RehearsalView, "people">) {
  const { rehearsal } = say;
  if (people.length === 0) return null;
  return (
    <WideTable label={rehearsal.table} minWidth={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{rehearsal.person}</Table.Th>
          <Table.Th>{rehearsal.nameThere}</Table.Th>
          <Table.Th>{rehearsal.mailbox}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {people.map(({ address, loginName, messages, octets }) => (
          <Table.Tr key={address}>
            <Table.Td className="address">{address}</Table.Td>
            <Table.Td className="address">{loginName ?? rehearsal.notIn}</Table.Td>
            <Table.Td>{messages === null ? "–" : rehearsal.amount(messages, octets ?? 0)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

function ProgramList({ programs }: Pick<RehearsalView, "programs">) {
  const { rehearsal } = say;
  if (programs.length === 0) return null;
  return (
    <div>
      <Text fw={600}>{rehearsal.programs}</Text>
      <List size="sm" className="address">
        {programs.map(({ programs: which, again, why }) => (
          <List.Item key={which}>
            {which}: {rehearsal.again[again]}. {why}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
