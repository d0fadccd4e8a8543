import { Table, Text } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { words } from "../words/common.ts";

interface WideTableProps {
  /** What the table holds, for who does not see it. */
  readonly label: string;
  /** Below this width it scrolls sideways, in CSS pixels. */
  readonly minWidth: number;
  /** Head and body of the table. */
  readonly children: ReactNode;
}

/** A table that scrolls sideways where the window is too narrow for it, and says so. */
export function WideTable({ label, minWidth, children }: WideTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [isCut, setCut] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watcher = new ResizeObserver(() => setCut(element.scrollWidth > element.clientWidth));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return (
    <>
      {isCut ? (
        <Text size="xs" c="dimmed">
          {words.frame.wide}
        </Text>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section ref={frame} className="sideways" aria-label={label} tabIndex={0}>
        <Table verticalSpacing="xs" className="figures" miw={minWidth}>
          {children}
        </Table>
      </section>
    </>
  );
}
