import { Progress as Bar, ColorSwatch, Group, Text } from "@mantine/core";
import type { Progress } from "../progress.ts";
import { words } from "../words/common.ts";
import { number } from "../words/format.ts";

const colours = { over: "teal.7", onTheWay: "blue.5", waiting: "orange.6", missing: "gray.5" } as const;
type Part = keyof typeof colours;
const parts = Object.keys(colours) as Part[];

/** Everybody as one bar: over, on the way, in need of a look, not yet come. */
export function MoveBar({ progress, label }: { progress: Progress; label: string }) {
  const all = parts.reduce((sum, part) => sum + progress[part], 0);
  return (
    <>
      <Bar.Root
        size="xl"
        role="img"
        aria-label={`${label}: ${parts.map((part) => text(progress, part)).join(", ")}`}
      >
        {parts
          .filter((part) => progress[part] > 0)
          .map((part) => (
            <Bar.Section
              key={part}
              value={(100 * progress[part]) / all}
              color={colours[part]}
              withAria={false}
            />
          ))}
      </Bar.Root>
      <Group gap="lg" mt="xs" className="figures">
        {parts.map((part) => (
          <Group key={part} gap={6} wrap="nowrap">
            <ColorSwatch size={12} color={`var(--mantine-color-${colours[part].replace(".", "-")})`} />
            <Text size="sm">{text(progress, part)}</Text>
          </Group>
        ))}
      </Group>
    </>
  );
}

function text(progress: Progress, part: Part): string {
  return `${number(progress[part])} ${words.parts[part]}`;
}
