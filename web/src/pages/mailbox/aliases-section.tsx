import { Anchor, Button, Group, List, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { SessionView } from "#http/access/sessions";
import type { LeadingAliasesView } from "#http/aliases";
import { useLive } from "../../api/live.ts";
import { Notices } from "../../parts/notices.tsx";
import { href } from "../../route.ts";
import { say } from "../../words/mailbox.ts";
import { AddAlias } from "./add-alias.tsx";
import { RemoveAlias } from "./remove-alias.tsx";

const { aliases: words } = say;

/** Shown at once, and added with each wish for more. */
const step = 50;
const most = 1000;

interface AliasesSectionProps {
  readonly who: SessionView;
  /** Its address. */
  readonly mailbox: string;
  readonly domain: string;
}

/** The addresses that lead to a mailbox: one is added, one is removed, after what that does was told. */
export function AliasesSection({ who, mailbox, domain }: AliasesSectionProps) {
  const [shown, setShown] = useState(step);
  const [going, setGoing] = useState<{ readonly alias: string; readonly isOpen: boolean } | null>(null);
  const path = `/mailboxes/${encodeURIComponent(mailbox)}/aliases?limit=${Math.min(shown + 1, most)}`;
  const live = useLive<LeadingAliasesView>(path);
  const aliases = live.value?.aliases ?? [];
  const inAliasDomains = live.value?.inAliasDomains ?? [];
  const mayChange = (alias: string): boolean =>
    who.role === "administrator" || who.domains.includes(alias.slice(alias.lastIndexOf("@") + 1));
  return (
    <section aria-labelledby="aliases">
      <Stack gap="sm">
        <Title order={2} size="h3" id="aliases">
          {words.title}
        </Title>
        <Text size="sm" className="address">
          {words.explain(mailbox)}
        </Text>
        <Notices live={live} />
        {live.value !== null && aliases.length + inAliasDomains.length === 0 ? (
          <Text size="sm">{words.none}</Text>
        ) : (
          <List listStyleType="none" spacing={4} aria-labelledby="aliases">
            {aliases.slice(0, shown).map(({ address, targets }) => (
              <List.Item key={address}>
                <Group gap="sm">
                  <span className="address">{address}</span>
                  {targets > 1 ? <Text size="sm">{words.shared(targets - 1)}</Text> : null}
                  {mayChange(address) ? (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={words.removeOf(address)}
                      onClick={() => setGoing({ alias: address, isOpen: true })}
                    >
                      {words.remove}
                    </Button>
                  ) : null}
                </Group>
              </List.Item>
            ))}
            {inAliasDomains.map((address) => (
              <List.Item key={address}>
                <Group gap="sm">
                  <span className="address">{address}</span>
                  <Text size="sm">{words.byDomain}</Text>
                </Group>
              </List.Item>
            ))}
          </List>
        )}
        {aliases.length > shown && shown < most - 1 ? (
          <div>
            <Button size="xs" variant="default" onClick={() => setShown(Math.min(shown + step, most - 1))}>
              {words.later}
            </Button>
          </div>
        ) : null}
        <AddAlias mailbox={mailbox} domain={domain} onDone={live.refresh} />
        <Anchor href={href("domain-settings", domain)} size="sm">
          {words.toAll}
        </Anchor>
      </Stack>
      {going === null ? null : (
        <RemoveAlias
          key={going.alias}
          alias={going.alias}
          mailbox={mailbox}
          isOpen={going.isOpen}
          onClose={() => setGoing({ ...going, isOpen: false })}
          onDone={live.refresh}
        />
      )}
    </section>
  );
}
