import { Button, Group, Stack, Text } from "@mantine/core";
import { say } from "../../words/guide.ts";
import { Programs } from "../domain-settings/programs.tsx";
import type { GuideState } from "./guide.tsx";
import { StepDomain } from "./step-domain.tsx";
import { StepMessage } from "./step-message.tsx";
import { StepOldServer } from "./step-old-server.tsx";
import { StepUnknown } from "./step-unknown.tsx";
import { StepWatch } from "./step-watch.tsx";
import type { StepName } from "./steps.ts";

interface StepProps {
  readonly step: StepName;
  readonly state: GuideState;
  readonly isDone: boolean;
  readonly onNext: () => void;
}

/** One step, and the way to the next. */
export function Step({ step, state, isDone, onNext }: StepProps) {
  return (
    <Stack>
      <Content step={step} state={state} onNext={onNext} />
      {step === "watch" || (step === "domain" && !isDone) ? null : (
        <Group>
          <Button variant={isDone ? "filled" : "default"} onClick={onNext}>
            {isDone ? say.next : say.skip}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Content({ step, state, onNext }: Omit<StepProps, "isDone">) {
  const { domain, status } = state;
  if (step === "domain") return <StepDomain state={state} />;
  if (domain === null) return <Text>{say.needsDomain}</Text>;
  switch (step) {
    case "old":
      return <StepOldServer domain={domain.name} status={status} onReady={onNext} />;
    case "message":
      return <StepMessage domain={domain.name} status={status} onDone={state.refresh} />;
    case "unknown":
      return <StepUnknown state={state} domain={domain} />;
    case "programs":
      return (
        <>
          <Text>{say.programs.explain}</Text>
          <Programs domain={domain.name} />
        </>
      );
    case "watch":
      return <StepWatch domain={domain.name} status={status} />;
  }
}
