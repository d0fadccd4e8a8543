import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { DomainView } from "#http/domains";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { useKept } from "../../parts/kept.ts";
import { say } from "../../words/domain-settings.ts";
import { Section } from "./section.tsx";

/** Other names of a local domain. */
export function AliasDomains({ domain }: { domain: string }) {
  const live = useLive<readonly DomainView[]>("/domains");
  const [kept, keep] = useKept<string>(`alias-domain-add ${domain}`);
  const [going, setGoing] = useState<string | null>(null);
  const name = kept ?? "";
  const names =
    live.value?.filter((one) => one.kind === "alias" && one.target === domain).map((one) => one.name) ?? [];
  const action = useAction(async () => {
    await ask("/domains", "POST", { kind: "alias", name: name.trim(), target: domain });
    keep(null);
    live.refresh();
  });
  const remove = async (): Promise<void> => {
    await ask(`/domains/${encodeURIComponent(going ?? "")}`, "DELETE");
    live.refresh();
  };
  return (
    <Section title={say.aliasDomains.title} explain={say.aliasDomains.explain(domain)}>
      {names.length === 0 ? <Text>{say.aliasDomains.none}</Text> : null}
      {names.map((one) => (
        <Group key={one} gap="sm">
          <Text className="address">{one}</Text>
          <Button
            size="xs"
            variant="default"
            aria-label={say.aliasDomains.removeOf(one)}
            onClick={() => setGoing(one)}
          >
            {say.aliasDomains.remove}
          </Button>
        </Group>
      ))}
      <Group align="end" gap="sm">
        <TextInput
          label={say.aliasDomains.name}
          maxLength={255}
          value={name}
          onChange={(event) => keep(event.currentTarget.value)}
        />
        <Button loading={action.isBusy} disabled={name.trim() === ""} onClick={action.start}>
          {say.aliasDomains.add}
        </Button>
      </Group>
      <ActionProblem action={action} />
      <Confirm
        isOpen={going !== null}
        title={say.aliasDomains.confirm(going ?? "")}
        button={say.aliasDomains.remove}
        isDestructive
        act={remove}
        onClose={() => setGoing(null)}
      >
        <Text className="address">{say.aliasDomains.consequence(going ?? "")}</Text>
      </Confirm>
    </Section>
  );
}
