import { Alert, Badge, List, Text, Title } from "@mantine/core";
import type { CutoverPlanView, CutoverView } from "#http/cutover";
import { say } from "../../words/cutover.ts";
import { time } from "../../words/format.ts";

type Step = CutoverView["steps"][number];
const order = Object.keys(say.steps) as Step["step"][];
const colours = { done: "teal.7", now: "blue.5", left: "gray.5", ended: "orange.6" } as const;

/** The steps of the last cutover, or of the one to come, as they are at this moment. */
export function Checklist({ plan: { last, on } }: { plan: CutoverPlanView }) {
  // One that came to nothing is told, and the steps are those of the next.
  const state = last === null ? "none" : last.state;
  const isOver = state === "undone" && on;
  const steps: readonly Pick<Step, "step" | "state">[] =
    last === null || isOver ? order.map((step) => ({ step, state: "left" as const })) : last.steps;
  return (
    <section aria-labelledby="steps">
      <Title order={2} size="h3" id="steps">
        {say.checklist.title}
      </Title>
      <Text mb="xs" role="status">
        {say.checklist.head[state]} {last === null ? "" : say.checklist.begun(time(last.startedAt))}
      </Text>
      <ol className="steps">
        {steps.map((one) => (
          <li key={one.step} aria-current={one.state === "now" ? "step" : undefined}>
            <Badge color={colours[one.state]} variant="dot" tt="none" miw="max-content">
              {say.checklist.states[one.state]}
            </Badge>
            <div>
              <Text {...(one.state === "left" ? { c: "dimmed" } : {})}>{say.steps[one.step]}</Text>
              {one.state === "now" && last !== null && last.waitingFor !== null ? (
                <Text size="sm" className="address">
                  {say.checklist.waits(last.waitingFor)}
                </Text>
              ) : null}
            </div>
          </li>
        ))}
      </ol>
      {last !== null && last.state === "undoing" && last.waitingFor !== null ? (
        <Alert color="orange" variant="light" className="address">
          {say.checklist.waits(last.waitingFor)}
        </Alert>
      ) : null}
      {last !== null && last.giveUp.length > 0 && !isOver ? (
        <Text size="sm" className="address">
          {say.checklist.givenUp(last.giveUp)}
        </Text>
      ) : null}
      {last !== null && last.state === "refused" && last.blockers.length > 0 ? (
        <Alert color="orange" variant="light" title={say.checklist.stoppedBy} mt="sm">
          <List>
            {last.blockers.slice(0, 50).map((blocker) => (
              <List.Item key={blocker} className="address">
                {blocker}
              </List.Item>
            ))}
          </List>
        </Alert>
      ) : null}
    </section>
  );
}
