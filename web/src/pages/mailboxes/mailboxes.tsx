import { Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { RosterView, SummaryView } from "#http/roster";
import { useLive } from "../../api/live.ts";
import type { PageProps } from "../../pages.tsx";
import { Pager, useCursorPages } from "../../parts/cursor-pages.tsx";
import { useLast } from "../../parts/last-value.ts";
import { Notices } from "../../parts/notices.tsx";
import { RosterTable } from "../../parts/roster-table.tsx";
import { say } from "../../words/mailboxes.ts";
import { AddMailbox } from "./add-mailbox.tsx";
import { BringPeople } from "./bring-people.tsx";

const pageSize = 50;
/** After the last key, before the server is asked. Milliseconds. */
const typing = 40;
const stages = ["over", "on-the-way", "waiting", "returned", "prepared", "local"] as const;
type Stage = (typeof stages)[number];
const counted = {
  over: "over",
  "on-the-way": "onTheWay",
  waiting: "waiting",
  returned: "returned",
  prepared: "prepared",
  local: "local",
} as const;

/** Every mailbox of a domain, fifty at a time: the server searches, filters and counts. */
export function MailboxesPage({ who, subject: domain }: PageProps) {
  const [wanted, setWanted] = useState("");
  const [stage, setStage] = useState<Stage | "">("");
  const [search] = useDebouncedValue(wanted.trim().toLowerCase(), typing);
  const name = encodeURIComponent(domain);
  const pages = useCursorPages(`${stage} ${search}`, pageSize);
  const query = new URLSearchParams({ limit: String(pageSize), search, cursor: pages.cursor });
  if (stage !== "") query.set("stage", stage);
  const live = useLive<RosterView>(`/domains/${name}/roster?${query}`);
  const summary = useLive<SummaryView>(`/migrations/${name}/summary`);
  const roster = useLast(live.value);
  const people = summary.value?.people ?? null;
  const all = people && stages.reduce((sum, one) => sum + people[counted[one]], 0);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} className="address">
          {say.title}
        </Title>
        <Group gap="xs">
          {who.role === "administrator" && summary.value?.on ? (
            <BringPeople domain={domain} onDone={live.refresh} />
          ) : null}
          <AddMailbox domain={domain} onDone={live.refresh} />
        </Group>
      </Group>
      <Notices live={live} />
      <Group align="end">
        <TextInput
          label={say.search}
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <NativeSelect
          label={say.filter}
          value={stage}
          onChange={(event) => setStage(event.currentTarget.value as Stage | "")}
          data={[
            { value: "", label: say.all(all) },
            ...stages.map((value) => ({
              value,
              label:
                people === null
                  ? say.stages[value]
                  : say.withCount(say.stages[value], people[counted[value]]),
            })),
          ]}
        />
      </Group>
      {roster === null ? null : (
        <>
          <Text size="sm" role="status" className="figures">
            {say.found(roster.total)}
          </Text>
          {roster.mailboxes.length > 0 ? (
            <RosterTable rows={roster.mailboxes} label={say.table} />
          ) : (
            <Text>{search === "" && stage === "" ? say.none : say.nobody}</Text>
          )}
          <Pager pages={pages} shown={roster.mailboxes.length} total={roster.total} next={roster.next} />
        </>
      )}
    </Stack>
  );
}
