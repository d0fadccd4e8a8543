import { Paper, Table, Text, Title } from "@mantine/core";
import type { FlowView } from "#http/overview";
import { number, time } from "../../words/format.ts";
import { say } from "../../words/overview.ts";

const kinds = ["received", "delivered", "piped", "relayed", "refused"] as const;
/** Recipients; what comes in is counted in messages and stands in the table alone. */
const drawn = ["delivered", "piped", "relayed", "refused"] as const;
const size = { width: 480, height: 60, gap: 2 };

/** What mail did over the last hour and day, in numbers and as a picture. */
export function FlowCard({ flow }: { flow: FlowView | null }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={say.flow} h="100%" mih={230}>
      <Title order={2} size="h3" mb="xs">
        {say.flow}
      </Title>
      {flow === null ? null : (
        <>
          <Bars flow={flow} />
          <Table className="figures" verticalSpacing={2}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say.what}</Table.Th>
                <Table.Th ta="right">{say.lastHour}</Table.Th>
                <Table.Th ta="right">{say.lastDay}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {kinds.map((kind) => (
                <Table.Tr key={kind}>
                  <Table.Td>
                    <span className={`flow-sign flow-${kind}`} aria-hidden /> {say.kinds[kind]}
                  </Table.Td>
                  <Table.Td ta="right">{number(flow.lastHour[kind])}</Table.Td>
                  <Table.Td ta="right">{number(flow.lastDay[kind])}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="xs" c="dimmed" mt="xs">
            {say.flowSince(time(flow.since))}
          </Text>
        </>
      )}
    </Paper>
  );
}

/** A bar for each hour. Its numbers stand in the table below, so it is a picture to who does not see it. */
function Bars({ flow: { hours } }: { flow: FlowView }) {
  const most = Math.max(1, ...hours.map((hour) => drawn.reduce((sum, kind) => sum + hour[kind], 0)));
  const width = size.width / hours.length;
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      className="flow"
      preserveAspectRatio="none"
      role="img"
      aria-label={say.chart}
    >
      <line x1="0" x2={size.width} y1={size.height - 0.5} y2={size.height - 0.5} className="flow-ground" />
      {hours.map((hour, at) => {
        let top = size.height;
        return drawn.map((kind) => {
          const height = (hour[kind] / most) * (size.height - 2);
          top -= height;
          return height === 0 ? null : (
            <rect
              key={`${hour.from} ${kind}`}
              className={`flow-${kind}`}
              x={at * width}
              y={top}
              width={width - size.gap}
              height={height}
            />
          );
        });
      })}
    </svg>
  );
}
