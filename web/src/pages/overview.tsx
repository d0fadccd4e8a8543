import { Alert, Anchor, Group, List, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { DomainView } from "#http/domains";
import type { SummaryView } from "#http/roster";
import { useLive } from "../api/live.ts";
import type { PageProps } from "../pages.tsx";
import { MoveBar } from "../parts/move-bar.tsx";
import { Notices } from "../parts/notices.tsx";
import { progressIn } from "../progress.ts";
import { href } from "../route.ts";
import { duration, octets as size } from "../words/format.ts";
import { say } from "../words/overview.ts";

const Server = lazy(async () => ({ default: (await import("./overview/server.tsx")).Server }));

/** The move of every domain at a glance, and how the server is doing. */
export function Overview({ who }: PageProps) {
  return (
    <Stack>
      <Title order={1}>{say.title}</Title>
      {who.role === "administrator" ? (
        <AllDomains />
      ) : (
        who.domains.map((domain) => <DomainCard key={domain} domain={domain} />)
      )}
      {who.role === "administrator" ? (
        <Suspense fallback={<Skeleton height={200} />}>
          <Server />
        </Suspense>
      ) : null}
    </Stack>
  );
}

function AllDomains() {
  const live = useLive<readonly DomainView[]>("/domains");
  const local = live.value?.filter(({ kind }) => kind === "local");
  return (
    <>
      <Notices live={live} />
      {local?.length === 0 ? (
        <Text>
          {say.none}{" "}
          <Anchor inherit underline="always" href={href("guide")}>
            {say.guide}
          </Anchor>
        </Text>
      ) : null}
      {local?.map(({ name }) => (
        <DomainCard key={name} domain={name} />
      ))}
    </>
  );
}

function DomainCard({ domain }: { domain: string }) {
  const live = useLive<SummaryView>(`/migrations/${encodeURIComponent(domain)}/summary`);
  const status = live.value;
  return (
    <Paper withBorder p="lg" component="section" aria-label={domain}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3" className="address">
          <Anchor href={href("domain", domain)} inherit>
            {domain}
          </Anchor>
        </Title>
        {status?.oldServer ? (
          <Text c="dimmed" size="sm" className="address">
            {say.from(status.oldServer)}
          </Text>
        ) : null}
      </Group>
      {live.isUnreachable ? null : <Notices live={live} />}
      {status === null ? <Skeleton height={84} visible={live.problem === null} /> : <Move status={status} />}
    </Paper>
  );
}

/** One domain's move: a sentence, a picture, and what is to be known beside. */
function Move({ status }: { status: SummaryView }) {
  const progress = progressIn(status);
  const { octets, octetsHere, remaining } = progress;
  const { over, onTheWay, waiting } = progress;
  if (!status.on && over + onTheWay + waiting === 0) return <Text>{say.notMigrating}</Text>;
  const headline = say.headline(progress);
  return (
    <>
      {status.trouble === null ? null : (
        <Alert color="orange" variant="light" mb="sm">
          {say.trouble(status.trouble.reason)}
        </Alert>
      )}
      {status.notes.map((note) => (
        <Alert key={note} color="orange" variant="light" mb="sm">
          {note}
        </Alert>
      ))}
      <Group justify="space-between" mb={6} className="figures">
        <Text fw={600}>{headline}</Text>
        <Text size="sm">
          {say.copied(size(octetsHere), size(octets))}
          {remaining === null || status.rate === null ? "" : `, ${say.rate(size(status.rate))}`}
          {remaining === null ? "" : `, ${say.remaining(duration(remaining))}`}
        </Text>
      </Group>
      <MoveBar progress={progress} label={headline} />
      <ToDo status={status} />
    </>
  );
}

/** Of one move what somebody has to look after, each with where that is done. */
function ToDo({ status: { domain, people } }: { status: SummaryView }) {
  const { waiting, missing, missingWithMail } = people;
  if (waiting + missing === 0) return null;
  return (
    <List size="sm" mt="sm" className="figures">
      {waiting === 0 ? null : (
        <List.Item>
          <Anchor inherit underline="always" href={href("domain", domain)}>
            {say.waiting(waiting)}
          </Anchor>
        </List.Item>
      )}
      {missing === 0 ? null : (
        <List.Item>
          <Anchor inherit underline="always" href={href("cutover", domain)}>
            {say.missing(missing, missingWithMail)}
          </Anchor>
        </List.Item>
      )}
    </List>
  );
}
