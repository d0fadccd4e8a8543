import { Stack, Text, Title } from "@mantine/core";
import type { PageProps } from "../../pages.tsx";
import { say } from "../../words/settings.ts";
import { Administrators } from "./administrators.tsx";
import { Keys, useKeys } from "./keys.tsx";
import { OwnPassword } from "./own-password.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { Server } from "./server.tsx";

/** One's own account; the other administrators, and how the server is set, for those who may do everything. */
export function SettingsPage({ who }: PageProps) {
  const keys = useKeys(who.name);
  const mayAct = who.role === "administrator";
  return (
    <Stack gap="xl">
      <Title order={1}>{say.title}</Title>
      <section aria-label={say.account.title}>
        <Stack gap="sm">
          <Title order={2} size="h3">
            {say.account.title}
          </Title>
          <Text className="address">{say.account.signedInAs(who.name)}</Text>
          <Keys name={who.name} live={keys} />
          <OwnPassword onChanged={keys.refresh} />
          <SecondFactor />
        </Stack>
      </section>
      {mayAct ? <Administrators who={who} /> : null}
      {mayAct ? <Server /> : null}
    </Stack>
  );
}
