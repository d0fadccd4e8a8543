import { Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { ListedView, QueueFiguresView } from "#http/queue";
import { useLive } from "../../api/live.ts";
import { Pager, useCursorPages } from "../../parts/cursor-pages.tsx";
import { useLast } from "../../parts/last-value.ts";
import { Notices } from "../../parts/notices.tsx";
import { time } from "../../words/format.ts";
import { say } from "../../words/queue.ts";
import { ManyButtons } from "./many-buttons.tsx";
import { QueueTable } from "./queue-table.tsx";

const pageSize = 50;
const typing = 200;
const states = ["deferred", "due", "under-way", "held"] as const;
const counted = { deferred: "deferred", due: "due", "under-way": "underWay", held: "held" } as const;

/** Mail that waits to leave: what the other side said last, and what can be done about it. */
export function QueuePage() {
  const [domain, setDomain] = useState("");
  const [via, setVia] = useState("");
  const [state, setState] = useState("");
  const [wanted] = useDebouncedValue(domain.trim().toLowerCase(), typing);
  const filter = {
    ...(wanted === "" ? {} : { domain: wanted }),
    ...(via === "" ? {} : { via }),
    ...(state === "" ? {} : { state }),
  };
  const asked = new URLSearchParams(filter);
  const pages = useCursorPages(String(asked), pageSize);
  const query = new URLSearchParams({ ...filter, after: pages.cursor, limit: String(pageSize + 1) });
  const live = useLive<readonly ListedView[]>(`/queue?${query}`);
  const numbers = useLive<QueueFiguresView>(`/queue/figures?${asked}`);
  const rows = useLast(live.value);
  const figures = useLast(numbers.value);
  const shown = rows?.slice(0, pageSize) ?? [];
  const next = rows !== null && rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null;
  const waiting = figures && figures.deferred + figures.due + figures.underWay + figures.held;
  const refresh = () => {
    live.refresh();
    numbers.refresh();
  };
  return (
    <Stack>
      <Title order={1}>{say.title}</Title>
      <Notices live={live} />
      {figures === null || waiting === null ? null : (
        <Text className="figures">
          {waiting === 0
            ? say.empty
            : say.inAll(waiting, figures.oldest === null ? null : time(figures.oldest))}
        </Text>
      )}
      <Group align="end">
        <NativeSelect
          label={say.state}
          value={state}
          onChange={(event) => setState(event.currentTarget.value)}
          data={[
            { value: "", label: say.all },
            ...states.map((value) => ({
              value,
              label:
                figures === null
                  ? say.states[value]
                  : say.withCount(say.states[value], figures[counted[value]]),
            })),
          ]}
        />
        <NativeSelect
          label={say.via}
          value={via}
          onChange={(event) => setVia(event.currentTarget.value)}
          data={[
            { value: "", label: say.all },
            ...(figures?.destinations ?? []).map(({ to, recipients }) => ({
              value: to,
              label: say.withCount(to, recipients),
            })),
          ]}
        />
        <TextInput
          label={say.domain}
          type="search"
          value={domain}
          onChange={(event) => setDomain(event.currentTarget.value)}
        />
      </Group>
      {figures !== null && figures.found.last !== null ? (
        <ManyButtons filter={filter} found={figures.found} onDone={refresh} />
      ) : null}
      {rows === null ? null : shown.length === 0 ? (
        waiting === 0 ? null : (
          <Text>{say.none}</Text>
        )
      ) : (
        <QueueTable rows={shown} onDone={refresh} />
      )}
      <Pager pages={pages} shown={shown.length} total={figures?.found.recipients ?? null} next={next} />
    </Stack>
  );
}
