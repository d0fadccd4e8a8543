import { Alert, Anchor, List, Loader, Paper, Progress, Text } from "@mantine/core";
import type { LoginsView } from "#http/domain-checks";
import type { MigrationStatusView } from "#http/migrations";
import { useLive } from "../../api/live.ts";
import { href } from "../../route.ts";
import { octets as size, time } from "../../words/format.ts";
import { say } from "../../words/guide.ts";

/** Shown at once. */
const most = 10;

/** The first logins as they happen: who, how, and how the mailbox fills. */
export function StepWatch({ domain, status }: { domain: string; status: MigrationStatusView | null }) {
  const { watch } = say;
  const live = useLive<LoginsView>(`/domains/${encodeURIComponent(domain)}/logins`);
  const logins = live.value ?? [];
  const transfers = status?.transfers ?? [];
  return (
    <>
      <Text>{watch.explain}</Text>
      {transfers.length === 0 ? (
        <Text role="status">
          <Loader size="xs" component="span" aria-hidden /> {watch.nobody}
        </Text>
      ) : (
        <Alert color="teal" variant="light">
          {watch.done}{" "}
          <Anchor inherit underline="always" href={href("domain", domain)}>
            {watch.open}
          </Anchor>
        </Alert>
      )}
      <List size="sm" className="address" aria-live="polite">
        {logins.slice(0, most).map(({ address, protocol, peer, since }) => (
          <List.Item key={`${address} ${protocol} ${since}`}>
            {watch.came(address, watch.protocols[protocol] ?? protocol, time(since), peer)}
          </List.Item>
        ))}
      </List>
      {transfers.slice(0, most).map((transfer) => (
        <Paper key={transfer.address} withBorder p="md">
          <Text fw={600} className="address">
            {transfer.address}
          </Text>
          <Text size="sm" mb="xs" className="figures">
            {watch.fills(
              transfer.messagesHere,
              transfer.messages,
              size(transfer.octetsHere),
              size(transfer.octets),
            )}
          </Text>
          <Progress
            value={transfer.messages === 0 ? 100 : (transfer.messagesHere / transfer.messages) * 100}
            aria-label={watch.progressOf(transfer.address)}
          />
          {transfer.reason === null ? null : <Text size="sm">{transfer.reason}</Text>}
        </Paper>
      ))}
    </>
  );
}
