/**
 * The end of a domain's move. Everything shown is the server's: whoever looks, and whenever, sees the same, and the
 * cutover goes on whether or not anybody does.
 */
import "./cutover.css";
import { Paper, Stack, Text, Title } from "@mantine/core";
import type { CutoverPlanView } from "#http/cutover";
import { useLive } from "../../api/live.ts";
import type { PageProps } from "../../pages.tsx";
import { useKept } from "../../parts/kept.ts";
import { Notices } from "../../parts/notices.tsx";
import { say } from "../../words/cutover.ts";
import { BeginButton } from "./begin-button.tsx";
import { Blockers } from "./blockers.tsx";
import { ByHand } from "./by-hand.tsx";
import { Checklist } from "./checklist.tsx";
import { addressesIn } from "./give-up.ts";
import { MissingNames } from "./missing-names.tsx";
import { Proof } from "./proof.tsx";
import { UndoButton } from "./undo-button.tsx";

export function CutoverPage({ subject: domain, who }: PageProps) {
  const path = `/migrations/${encodeURIComponent(domain)}`;
  const live = useLive<CutoverPlanView>(`${path}/cutover/plan`);
  const [keptTicks, keepTicks] = useKept<readonly string[]>(`cutover ticked ${domain}`);
  const [keptNames, setTyped] = useKept<string>(`cutover given up ${domain}`);
  const ticked = new Set(keptTicks ?? []);
  const typed = keptNames ?? "";
  const plan = live.value;
  const isAdministrator = who.role === "administrator";
  const inTheWay = new Set(plan?.blockers.map(({ address }) => address));
  // What is not in the way any more is not given up either.
  const giveUp = [
    ...new Set([...[...ticked].filter((address) => inTheWay.has(address)), ...addressesIn(typed)]),
  ];
  const isRunning = plan?.last?.state === "running" || plan?.last?.state === "undoing";
  return (
    <Stack>
      <Notices live={live} />
      <Title order={1} className="address">
        {say.title(domain)}
      </Title>
      {plan === null ? null : (
        <>
          <Numbers plan={plan} />
          <Paper withBorder p="md">
            <Checklist plan={plan} />
            {isAdministrator ? (
              <Stack gap="sm" mt="md" className="on-screen">
                {plan.on && !isRunning ? (
                  <BeginButton path={path} plan={plan} giveUp={giveUp} onDone={live.refresh} />
                ) : null}
                <UndoButton path={path} last={plan.last} onDone={live.refresh} />
              </Stack>
            ) : null}
          </Paper>
          {plan.on && !isRunning ? (
            <Blockers
              plan={plan}
              mayGiveUp={isAdministrator}
              ticked={ticked}
              onTick={(chosen) => keepTicks([...chosen])}
              typed={typed}
              onType={setTyped}
              givenUp={giveUp.length}
            />
          ) : null}
          {plan.on ? (
            <MissingNames path={path} isAdministrator={isAdministrator} onDone={live.refresh} />
          ) : null}
          <Proof domain={domain} isMigrating={plan.on} isAdministrator={isAdministrator} last={plan.last} />
          {isAdministrator ? <ByHand path={path} plan={plan} giveUp={giveUp} onDone={live.refresh} /> : null}
        </>
      )}
    </Stack>
  );
}

function Numbers({ plan }: { plan: CutoverPlanView }) {
  return (
    <div className="figures">
      <Text>{say.plan.moved(plan.moved)}</Text>
      {plan.on ? (
        <>
          <Text>{say.plan.notMoved(plan.notMoved)}</Text>
          <Text>{say.plan.queued(plan.queued)}</Text>
        </>
      ) : (
        <Text>{say.plan.off}</Text>
      )}
      {plan.unknownUsers === null ? null : (
        <Text size="sm" c="dimmed" className="address">
          {say.plan.rule(plan.unknownUsers)}
        </Text>
      )}
    </div>
  );
}
