import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import type { RosterView, SummaryView } from "#http/roster";
import { useLive } from "../../api/live.ts";
import type { PageProps } from "../../pages.tsx";
import { useLast } from "../../parts/last-value.ts";
import { MissingPeople } from "../../parts/missing-people.tsx";
import { MoveBar } from "../../parts/move-bar.tsx";
import { Notices } from "../../parts/notices.tsx";
import { RosterTable } from "../../parts/roster-table.tsx";
import { progressIn } from "../../progress.ts";
import { href } from "../../route.ts";
import { say } from "../../words/domain.ts";
import { say as mailboxes } from "../../words/mailboxes.ts";
import { say as overview } from "../../words/overview.ts";
import { CheckButton, CheckResult, useCheck } from "./check.tsx";

/** Rows of each list; the page of mailboxes has them all. */
const few = 10;

/** One domain's move: how far it is, who needs a look, who is on the way, who is missing, and Check mailboxes. */
export function DomainPage({ subject: domain }: PageProps) {
  const path = `/migrations/${encodeURIComponent(domain)}`;
  const live = useLive<SummaryView>(`${path}/summary`);
  const check = useCheck(domain);
  const summary = live.value;
  return (
    <Stack>
      <Notices live={live} />
      <Group justify="space-between">
        <Title order={1} className="address">
          {domain}
        </Title>
        {summary?.on ? <CheckButton domain={domain} check={check} /> : null}
      </Group>
      {summary === null ? null : (
        <>
          <div>
            <MoveBar progress={progressIn(summary)} label={overview.headline(progressIn(summary))} />
          </div>
          {summary.on ? <CheckResult check={check} /> : null}
          <Some domain={domain} stage="waiting" title={say.needALook} />
          <Some domain={domain} stage="on-the-way" title={say.onTheWay} />
          <Some domain={domain} stage="over" title={say.over} />
          <MissingPeople domain={domain} />
        </>
      )}
    </Stack>
  );
}

/** The first few mailboxes of a stage; nothing where it has none. */
function Some({ domain, stage, title }: { domain: string; stage: string; title: string }) {
  const query = new URLSearchParams({ stage, limit: String(few) });
  const live = useLive<RosterView>(`/domains/${encodeURIComponent(domain)}/roster?${query}`);
  const roster = useLast(live.value);
  if (roster === null || roster.total === 0) return null;
  return (
    <section aria-label={title}>
      <Title order={2} size="h3" mb="xs">
        {title}
      </Title>
      <RosterTable rows={roster.mailboxes} label={title} />
      {roster.next === null ? null : (
        <Text size="sm" mt="xs">
          <Anchor href={href("mailboxes", domain)}>{mailboxes.showAll(roster.total)}</Anchor>
        </Text>
      )}
    </section>
  );
}
