import { Anchor, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { DomainView } from "#http/domains";
import { useLive } from "../../api/live.ts";
import type { PageProps } from "../../pages.tsx";
import { Notices } from "../../parts/notices.tsx";
import { href } from "../../route.ts";
import { say } from "../../words/domain-settings.ts";
import { AliasDomains } from "./alias-domains.tsx";
import { Aliases } from "./aliases.tsx";
import { MigrationSettings } from "./migration.tsx";
import { Programs } from "./programs.tsx";
import { RouteSettings } from "./route-settings.tsx";
import { Section } from "./section.tsx";
import { UnknownUsers } from "./unknown-users.tsx";

/** Everything that can be set of one domain; what was typed and not saved is found again. */
export function DomainSettingsPage({ who, subject: name }: PageProps) {
  const live = useLive<DomainView>(`/domains/${encodeURIComponent(name)}`);
  const domain = live.value;
  const isAdministrator = who.role === "administrator";
  return (
    <Stack>
      <Title order={1} className="address">
        {say.title(name)}
      </Title>
      <Notices live={live} />
      {domain === null ? <Skeleton height={200} visible={live.problem === null} /> : null}
      {domain?.kind === "alias" ? (
        <Text className="address">
          {say.isAlias(domain.target)}{" "}
          <Anchor inherit underline="always" href={href("domain-settings", domain.target)}>
            {domain.target}
          </Anchor>
        </Text>
      ) : null}
      {domain?.kind === "remote" ? (
        <RouteSettings domain={domain} tag={live.tag} onDone={live.refresh} />
      ) : null}
      {domain?.kind === "local" ? (
        <>
          {isAdministrator ? (
            <UnknownUsers domain={domain} tag={live.tag} onDone={live.refresh} />
          ) : (
            <Text>{say.onlyAdministrators}</Text>
          )}
          <Aliases domain={name} />
          {isAdministrator ? <AliasDomains domain={name} /> : null}
          {isAdministrator ? <MigrationSettings domain={name} /> : null}
          <Section title={say.programs.title} explain={say.programs.explain}>
            <Programs domain={name} />
          </Section>
        </>
      ) : null}
    </Stack>
  );
}
