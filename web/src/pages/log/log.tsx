import { Anchor, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { LogView } from "#http/audit-views";
import { useLive } from "../../api/live.ts";
import { Pager, useCursorPages } from "../../parts/cursor-pages.tsx";
import { useLast } from "../../parts/last-value.ts";
import { Notices } from "../../parts/notices.tsx";
import { say } from "../../words/log.ts";
import { LogTable } from "./log-table.tsx";

const pageSize = 50;
const typing = 300;
const empty = { about: "", actor: "", kind: "", outcome: "", since: "", until: "" };

/** The audit record, the newest first; what is added while somebody looks at the first page appears there. */
export function LogPage() {
  const [typed, type] = useState(empty);
  const [wanted] = useDebouncedValue(typed, typing);
  const filter = new URLSearchParams(filterOf(wanted));
  const pages = useCursorPages(String(filter), pageSize);
  const query = new URLSearchParams([...filter, ["limit", String(pageSize)]]);
  if (pages.cursor !== "") query.set("before", pages.cursor);
  const live = useLive<LogView>(`/log?${query}`);
  const log = useLast(live.value);
  const records = log?.records.toReversed() ?? [];
  const field = (name: "about" | "actor" | "kind") => (
    <TextInput
      label={say[name]}
      type="search"
      value={typed[name]}
      onChange={(event) => type({ ...typed, [name]: event.currentTarget.value })}
    />
  );
  const moment = (name: "since" | "until") => (
    <TextInput
      label={say[name]}
      type="datetime-local"
      value={typed[name]}
      onChange={(event) => type({ ...typed, [name]: event.currentTarget.value })}
    />
  );
  const file = (format: string) => `/api/log/export?${new URLSearchParams([...filter, ["format", format]])}`;
  return (
    <Stack>
      <Title order={1}>{say.title}</Title>
      <Text size="sm">{say.explain}</Text>
      <Notices live={live} />
      <Group align="end">
        {field("about")}
        {field("actor")}
        {field("kind")}
        <NativeSelect
          label={say.outcome}
          value={typed.outcome}
          onChange={(event) => type({ ...typed, outcome: event.currentTarget.value })}
          data={[
            { value: "", label: say.all },
            ...Object.entries(say.outcomes).map(([value, label]) => ({ value, label })),
          ]}
        />
        {moment("since")}
        {moment("until")}
      </Group>
      <Group>
        <Anchor href={file("csv")} download>
          {say.csv}
        </Anchor>
        <Anchor href={file("json")} download>
          {say.json}
        </Anchor>
      </Group>
      {log === null ? null : records.length === 0 ? (
        <Text>{filter.size === 0 ? say.empty : say.none}</Text>
      ) : (
        <LogTable records={records} />
      )}
      <Pager
        pages={pages}
        shown={records.length}
        total={null}
        next={log === null || log.first === null ? null : String(log.first)}
      />
    </Stack>
  );
}

/** What was typed in the API's words; an address or a name without an @ is looked for as it is. */
function filterOf({ about, actor, kind, outcome, since, until }: typeof empty): Record<string, string> {
  const subject = about.trim();
  const given = {
    address: subject,
    actor: actor.trim(),
    kind: kind.trim(),
    outcome,
    since: momentOf(since),
    until: momentOf(until),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
}

/** As the browser's own field gives it, which is local time. */
function momentOf(typed: string): string {
  const at = Date.parse(typed);
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}
