import { Button, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { CutoverPlanView } from "#http/cutover";
import type { DomainView } from "#http/domains";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { say } from "../../words/cutover.ts";
import { Agreement } from "./begin-button.tsx";

interface ByHandProps {
  readonly path: string;
  readonly plan: CutoverPlanView;
  readonly giveUp: readonly string[];
  readonly onDone: () => void;
}

type Act = "reject" | "off" | "remove";

/** What the cutover does, one act at a time, and the removal of the way to the old server after it. */
export function ByHand({ path, plan, giveUp, onDone }: ByHandProps) {
  const [open, setOpen] = useState<Act | null>(null);
  const route = plan.last?.route ?? plan.route;
  const isRunning = plan.last?.state === "running" || plan.last?.state === "undoing";
  const acts = {
    reject: async () => {
      const change = { unknownUsers: "reject", giveUp };
      await ask(`/domains/${encodeURIComponent(plan.domain)}`, "PATCH", change);
    },
    off: async () => void (await ask(`${path}/off`, "POST", { giveUp })),
    remove: async () => void (await ask(`/domains/${encodeURIComponent(route ?? "")}`, "DELETE")),
  };
  const asking = (act: Act, title: string, button: string, effects: readonly string[]) => (
    <Agreement
      key={`${act} ${giveUp.join()}`}
      giveUp={act === "remove" ? [] : giveUp}
      isOpen={open === act}
      title={title}
      button={button}
      effects={effects}
      act={async () => {
        await acts[act]();
        onDone();
      }}
      onClose={() => setOpen(null)}
    />
  );
  const isRefusing = plan.unknownUsers === "reject";
  if (isRunning) return null;
  if (!plan.on && route === null) return null;
  return (
    <Stack component="section" aria-labelledby="by-hand" gap="sm" className="on-screen">
      <Title order={2} size="h3" id="by-hand">
        {say.byHand.title}
      </Title>
      <Text size="sm">{say.byHand.explain}</Text>
      {plan.on && !isRefusing ? (
        <div>
          <Button variant="default" onClick={() => setOpen("reject")}>
            {say.byHand.reject}
          </Button>
          <Text size="sm">{say.byHand.rejectExplain}</Text>
        </div>
      ) : null}
      {plan.on ? (
        <div>
          <Button variant="default" onClick={() => setOpen("off")}>
            {say.byHand.off}
          </Button>
          <Text size="sm">{say.byHand.offExplain}</Text>
        </div>
      ) : null}
      {!plan.on && route !== null ? <RemoveRoute route={route} onPress={() => setOpen("remove")} /> : null}
      {asking("reject", say.byHand.reject, say.byHand.reject, say.byHand.rejectEffects(plan))}
      {asking("off", say.byHand.offTitle(plan.domain), say.byHand.off, say.byHand.offEffects(plan))}
      {route === null
        ? null
        : asking("remove", say.byHand.removeTitle(route), say.byHand.remove(route), [
            say.byHand.removeExplain,
          ])}
    </Stack>
  );
}

/** Nothing once it is gone. */
function RemoveRoute({ route, onPress }: { route: string; onPress: () => void }) {
  const live = useLive<DomainView>(`/domains/${encodeURIComponent(route)}`);
  if (live.value === null || (live.problem !== null && !live.isUnreachable)) return null;
  return (
    <div>
      <Button variant="default" onClick={onPress}>
        {say.byHand.remove(route)}
      </Button>
      <Text size="sm">{say.byHand.removeExplain}</Text>
    </div>
  );
}
