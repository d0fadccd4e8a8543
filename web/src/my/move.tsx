import { Progress, Text } from "@mantine/core";
import type { MyMoveView } from "#http/my/move";
import { useLive } from "../api/live.ts";
import { Notices } from "../parts/notices.tsx";
import { duration, octets, time } from "../words/format.ts";
import { say } from "../words/my.ts";

/** Where somebody's mail is, kept up to date while they look on. */
export function MyMove() {
  const live = useLive<MyMoveView>("/my/move");
  const { move } = say;
  const { value } = live;
  if (value === null) return <Notices live={live} />;
  const { state, messages, messagesHere, remaining, checked, used, quota } = value;
  const isOnTheWay = messages > messagesHere;
  return (
    <>
      <Notices live={live} />
      <Text fw={500} role="status">
        {move.states[state]}
      </Text>
      {messages > 0 && state !== "returned" ? (
        <>
          <Progress value={(100 * messagesHere) / messages} aria-label={move.title} />
          <Text className="figures">
            {move.progress(messagesHere, messages)}
            {remaining === null || !isOnTheWay ? "" : ` ${move.remaining(duration(remaining))}`}
          </Text>
          {isOnTheWay ? <Text size="sm">{move.meanwhile}</Text> : null}
        </>
      ) : null}
      {checked === null || state === "settled" ? null : <Text size="sm">{move.checked(time(checked))}</Text>}
      {state === "preparing" || state === "returned" ? null : (
        <Text size="sm" className="figures">
          {quota === null ? move.used(octets(used)) : move.usedOf(octets(used), octets(quota))}
        </Text>
      )}
    </>
  );
}
