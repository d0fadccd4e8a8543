import { Alert } from "@mantine/core";
import type { Live } from "../api/live.ts";
import { words } from "../words/common.ts";

/** Says that the server is away, or why there is nothing to show; nothing while all is well. */
export function Notices({ live }: { live: Pick<Live<unknown>, "isUnreachable" | "problem"> }) {
  if (live.problem === null) return null;
  return (
    <Alert color={live.isUnreachable ? "orange" : "red"} role="status" variant="light" mb="md">
      {live.isUnreachable ? words.frame.unreachable : live.problem}
    </Alert>
  );
}
