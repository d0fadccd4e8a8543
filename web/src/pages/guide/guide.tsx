import { Accordion, Badge, Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import type { DomainView } from "#http/domains";
import type { MigrationStatusView } from "#http/migrations";
import { useLive } from "../../api/live.ts";
import type { PageProps } from "../../pages.tsx";
import { useKept } from "../../parts/kept.ts";
import { Notices } from "../../parts/notices.tsx";
import { say } from "../../words/guide.ts";
import { Step } from "./step.tsx";
import { doneSteps, nextStep, type StepName, stepNames } from "./steps.ts";

type Local = Extract<DomainView, { kind: "local" }>;

/** The walk-through: from the first domain to the first login. */
export function GuidePage(_: PageProps) {
  const live = useLive<readonly DomainView[]>("/domains");
  const [chosen, choose] = useKept<string>("guide domain");
  const domains = live.value ?? [];
  const locals = domains.filter((one): one is Local => one.kind === "local");
  const domain = locals.find(({ name }) => name === chosen) ?? locals[0] ?? null;
  return (
    <Stack>
      <Title order={1}>{say.title}</Title>
      <Text>{say.explain}</Text>
      <Notices live={live} />
      {locals.length > 1 ? (
        <NativeSelect
          label={say.which}
          data={locals.map(({ name }) => name)}
          value={domain?.name ?? ""}
          onChange={(event) => choose(event.currentTarget.value)}
        />
      ) : null}
      {live.value === null ? null : domain === null ? (
        <Steps domains={domains} domain={null} status={null} refresh={live.refresh} choose={choose} />
      ) : (
        <WithStatus
          key={domain.name}
          domains={domains}
          domain={domain}
          refresh={live.refresh}
          choose={choose}
        />
      )}
    </Stack>
  );
}

/** What every step is given. */
export interface GuideState {
  readonly domains: readonly DomainView[];
  readonly domain: Local | null;
  readonly status: MigrationStatusView | null;
  /** Looks again at what the server has. */
  readonly refresh: () => void;
  readonly choose: (domain: string) => void;
}

function WithStatus(props: Omit<GuideState, "status" | "domain"> & { readonly domain: Local }) {
  const live = useLive<MigrationStatusView>(`/migrations/${encodeURIComponent(props.domain.name)}`);
  const refresh = (): void => {
    props.refresh();
    live.refresh();
  };
  if (live.value === null) return <Notices live={live} />;
  return <Steps {...props} status={live.value} refresh={refresh} />;
}

function Steps(state: GuideState) {
  const name = state.domain?.name ?? "";
  const [kept, keep] = useKept<{ readonly open: StepName | null; readonly skipped: readonly StepName[] }>(
    `guide steps ${name}`,
  );
  const skipped = kept?.skipped ?? [];
  const done = doneSteps(state);
  const next = nextStep(done, skipped);
  const open = kept?.open ?? next;
  const leave = (step: StepName, isSkipped: boolean): void =>
    keep({ open: null, skipped: isSkipped ? [...new Set([...skipped, step])] : skipped });
  return (
    <>
      <Text fw={600}>{say.progress(done.size, stepNames.length)}</Text>
      <Accordion
        variant="contained"
        order={2}
        value={open}
        onChange={(value) => keep({ open: stepNames.find((one) => one === value) ?? null, skipped })}
      >
        {stepNames.map((step, at) => (
          <Accordion.Item key={step} value={step}>
            <Accordion.Control>
              <Group gap="sm" wrap="nowrap" justify="space-between">
                <Text component="span">
                  {at + 1}. {say.steps[step]}
                </Text>
                <Badge variant="default" flex="0 0 auto">
                  {done.has(step) ? say.states.done : step === next ? say.states.open : say.states.later}
                </Badge>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {step === open ? (
                <Step
                  step={step}
                  state={state}
                  isDone={done.has(step)}
                  onNext={() => leave(step, !done.has(step))}
                />
              ) : null}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </>
  );
}
