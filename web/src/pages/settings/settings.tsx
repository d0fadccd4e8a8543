import { Stack, Text, Title } from "@mantine/core";
import type { PageProps } from "../../pages.tsx";
import { say } from "../../words/settings.ts";
import { Administrators } from "./administrators.tsx";
import { Keys } from "./keys.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { Server } from "./server.tsx";

/** One's own account, the other administrators, and how the server is set. */
export function SettingsPage({ who }: PageProps) {
  return (
    <Stack gap="xl">
      <Title order={1}>{say.title}</Title>
      <section aria-label={say.account.title}>
        <Stack gap="sm">
          <Title order={2} size="h3">
            {say.account.title}
          </Title>
          <Text className="address">{say.account.signedInAs(who.name)}</Text>
          <Keys name={who.name} />
          <SecondFactor />
        </Stack>
      </section>
      <Administrators who={who} />
      <Server />
    </Stack>
  );
}
