import { Anchor, Grid, List, Paper, Text, Title } from "@mantine/core";
import type { OverviewView } from "#http/overview";
import { useLive } from "../../api/live.ts";
import { href, type PageName } from "../../route.ts";
import { octets, time } from "../../words/format.ts";
import { say } from "../../words/overview.ts";
import { FlowCard } from "./flow-card.tsx";

const day = 24 * 3_600_000;
/** From when on something needs somebody. */
const limits = { certificate: 14 * day, freeOctets: 2 * 1024 ** 3, queued: 6 * 3_600_000 };

/** How the server itself is doing: what needs a decision, its health, and what mail does. */
export function Server() {
  const live = useLive<OverviewView>("/overview");
  const view = live.value;
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Paper withBorder p="lg" component="section" aria-label={say.server} h="100%" mih={230}>
          <Title order={2} size="h3" mb="xs">
            {say.server}
          </Title>
          {view === null ? null : <Health view={view} />}
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <FlowCard flow={view?.flow ?? null} />
      </Grid.Col>
    </Grid>
  );
}

function Health({ view }: { view: OverviewView }) {
  const { queue, freeOctets, certificateEnds } = view;
  const decisions = decisionsIn(view, Date.now());
  return (
    <>
      <List size="sm" className="figures">
        <List.Item>
          <Anchor inherit underline="always" href={href("queue")}>
            {say.waits(queue.waiting)}
          </Anchor>
        </List.Item>
        <List.Item>{say.free(octets(freeOctets))}</List.Item>
        <List.Item>
          {certificateEnds === null ? say.noCertificate : say.certificateGood(time(certificateEnds))}
        </List.Item>
      </List>
      <Text fw={600} mt="md" mb={4}>
        {say.decide}
      </Text>
      {decisions.length === 0 ? (
        <Text size="sm">{say.nothing}</Text>
      ) : (
        <List size="sm" className="figures">
          {decisions.map(({ text, page }) => (
            <List.Item key={text} className="address">
              <Anchor inherit underline="always" href={href(page)}>
                {text}
              </Anchor>
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}

/** What needs somebody, each with the page where it is looked after. @param now epoch milliseconds */
function decisionsIn(
  { queue, freeOctets, certificateEnds, refusals }: OverviewView,
  now: number,
): readonly { readonly text: string; readonly page: PageName }[] {
  const ends = certificateEnds === null ? null : Date.parse(certificateEnds);
  const isOld = queue.oldest !== null && now - Date.parse(queue.oldest) > limits.queued;
  return [
    ...refusals.map(({ route, reply }) => ({ text: say.refusal(route, reply), page: "queue" as const })),
    ...(queue.held === 0 ? [] : [{ text: say.held(queue.held), page: "queue" as const }]),
    ...(isOld ? [{ text: say.waitsLong(time(queue.oldest ?? "")), page: "queue" as const }] : []),
    ...(ends !== null && ends - now < limits.certificate
      ? [{ text: say.certificate(time(certificateEnds ?? "")), page: "settings" as const }]
      : []),
    ...(freeOctets < limits.freeOctets
      ? [{ text: say.disk(octets(freeOctets)), page: "settings" as const }]
      : []),
  ];
}
