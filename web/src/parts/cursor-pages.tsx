import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { say } from "../words/mailboxes.ts";

/** Where somebody is in a long list: the cursors that lead there, "" being the start. */
export interface CursorPages {
  readonly cursor: string;
  /** Rows before this page. */
  readonly before: number;
  readonly later: (next: string) => void;
  readonly earlier: () => void;
}

/**
 * Pages of a list that is only read forwards. It begins anew whenever what is listed changes.
 * @param listed what is listed: filter and search
 * @param size rows of a page
 */
export function useCursorPages(listed: string, size: number): CursorPages {
  const [held, hold] = useState<{ readonly listed: string; readonly cursors: readonly string[] }>({
    listed,
    cursors: [""],
  });
  const cursors = held.listed === listed ? held.cursors : [""];
  return {
    cursor: cursors.at(-1) ?? "",
    before: (cursors.length - 1) * size,
    later: (next) => hold({ listed, cursors: [...cursors, next] }),
    earlier: () => hold({ listed, cursors: cursors.length > 1 ? cursors.slice(0, -1) : cursors }),
  };
}

interface PagerProps {
  readonly pages: CursorPages;
  readonly shown: number;
  /** Null where it is not known. */
  readonly total: number | null;
  readonly next: string | null;
}

/** The buttons beneath a long list; nothing where everything is shown. */
export function Pager({ pages, shown, total, next }: PagerProps) {
  if (pages.before === 0 && next === null) return null;
  return (
    <Group className="figures">
      <Button variant="default" disabled={pages.before === 0} onClick={pages.earlier}>
        {say.earlier}
      </Button>
      {total === null ? null : (
        <Text size="sm">{say.page(pages.before + 1, pages.before + shown, total)}</Text>
      )}
      <Button variant="default" disabled={next === null} onClick={() => next !== null && pages.later(next)}>
        {say.later}
      </Button>
    </Group>
  );
}
