import { Group, Text, TextInput } from "@mantine/core";
import { ask } from "../../api/client.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { useKept } from "../../parts/kept.ts";
import { say } from "../../words/guide.ts";
import type { GuideState } from "./guide.tsx";

/** The domain that moves: made here, or chosen above. */
export function StepDomain({ state: { domain, refresh, choose } }: { state: GuideState }) {
  const [kept, keep] = useKept<string>("guide new domain");
  const name = kept ?? "";
  const add = async (): Promise<void> => {
    const wanted = name.trim().toLowerCase();
    await ask("/domains", "POST", { kind: "local", name: wanted });
    keep(null);
    choose(wanted);
    refresh();
  };
  return (
    <>
      <Text>{domain === null ? say.domain.explain : say.domain.isThere(domain.name)}</Text>
      <Group align="end" gap="sm">
        <TextInput
          label={domain === null ? say.domain.name : say.domain.another}
          placeholder="big-company.com"
          maxLength={255}
          value={name}
          onChange={(event) => keep(event.currentTarget.value)}
        />
        <ActionButton
          act={add}
          disabled={name.trim() === ""}
          {...(domain === null ? {} : { variant: "default" })}
        >
          {say.domain.add}
        </ActionButton>
      </Group>
    </>
  );
}
