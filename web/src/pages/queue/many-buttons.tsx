import { Alert, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { QueueFiguresView } from "#http/queue";
import type { QueueActView } from "#http/queue-acts";
import { ask } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/queue.ts";

const acts = ["retry", "hold", "release", "drop"] as const;
type Act = (typeof acts)[number];

interface ManyButtonsProps {
  readonly filter: Readonly<Record<string, string>>;
  readonly found: QueueFiguresView["found"];
  readonly onDone: () => void;
}

/** What can be done to all that the filter finds: first it says how many that are, and does it to no more. */
export function ManyButtons({ filter, found, onDone }: ManyButtonsProps) {
  const [asked, setAsked] = useState<{ readonly act: Act; readonly found: QueueFiguresView["found"] } | null>(
    null,
  );
  const [done, setDone] = useState<string | null>(null);
  return (
    <>
      <Text size="sm" role="status" className="figures">
        {say.found(found.recipients, found.messages)}
      </Text>
      <Group gap="xs">
        <Text size="sm">{say.many}</Text>
        {acts.map((act) => (
          <Button
            key={act}
            size="compact-sm"
            variant={act === "drop" ? "outline" : "default"}
            {...(act === "drop" ? { color: "red" } : {})}
            onClick={() => setAsked({ act, found })}
          >
            {say.acts[act]}
          </Button>
        ))}
      </Group>
      {done === null ? null : (
        <Alert color="teal" variant="light" role="status" py={6}>
          {done}
        </Alert>
      )}
      {asked === null ? null : (
        <Confirm
          isOpen
          title={say.confirm.title(say.acts[asked.act], asked.found.recipients)}
          button={say.acts[asked.act]}
          isDestructive={asked.act === "drop"}
          act={async () => {
            const { recipients } = await ask<QueueActView>("/queue", "POST", {
              act: asked.act,
              filter,
              upTo: asked.found.last,
              expected: asked.found.recipients,
            });
            setDone(say.done(say.acts[asked.act], recipients));
            onDone();
          }}
          onClose={() => setAsked(null)}
        >
          <Text>{say.confirm.explain(asked.found.recipients, asked.found.messages)}</Text>
          <Text>{say.confirm.effects[asked.act]}</Text>
        </Confirm>
      )}
    </>
  );
}
