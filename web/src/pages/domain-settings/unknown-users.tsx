import { NativeSelect, Radio, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { DomainView } from "#http/domains";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { useDraft } from "../../parts/draft.tsx";
import { say } from "../../words/domain-settings.ts";
import { Consequence, useRuleCheck } from "./rule-check.tsx";
import { fieldsOf, type RuleFields, ruleKinds, ruleOf } from "./rule-form.ts";
import { SaveBar } from "./save-bar.tsx";
import { Section } from "./section.tsx";

interface UnknownUsersProps {
  readonly domain: Extract<DomainView, { kind: "local" }>;
  /** Of the domain as it is shown here. */
  readonly tag: string | null;
  readonly onDone: () => void;
}

/** Mail for unknown users: the five rules, checked while they are typed, with what they lead to. */
export function UnknownUsers({ domain: { name, unknownUsers }, tag, onDone }: UnknownUsersProps) {
  const { unknown } = say;
  const draft = useDraft<RuleFields>(`unknown-users ${name}`, fieldsOf(unknownUsers, name));
  const all = useLive<readonly DomainView[]>("/domains");
  const [giveUp, setGiveUp] = useState<string | null>(null);
  const routes = all.value?.filter(({ kind }) => kind === "remote").map((one) => one.name) ?? [];
  const fields = draft.value;
  const set = (change: Partial<RuleFields>): void => draft.set({ ...fields, ...change });
  const rule = ruleOf(fields);
  const checked = useRuleCheck(name, rule);
  const save = async (): Promise<void> => {
    const names = giveUp?.split(/\s+/).filter((one) => one !== "") ?? [];
    await ask(`/domains/${encodeURIComponent(name)}`, "PATCH", { unknownUsers: rule, giveUp: names }, tag);
    setGiveUp(null);
    onDone();
  };
  const choose = (kind: RuleFields["kind"]): void =>
    set(kind === "pipe" && fields.route === "" ? { kind, route: routes[0] ?? "" } : { kind });
  return (
    <Section title={unknown.title} explain={unknown.explain}>
      <Radio.Group
        label={unknown.rule}
        value={fields.kind}
        onChange={(kind) => choose(kind as RuleFields["kind"])}
      >
        <Stack gap="xs" mt="xs">
          {ruleKinds.map((kind) => (
            <Radio key={kind} value={kind} label={unknown.rules[kind]} />
          ))}
        </Stack>
      </Radio.Group>
      {fields.kind === "forward" ? (
        <TextInput
          label={unknown.forwardTo}
          type="email"
          maxLength={512}
          value={fields.address}
          onChange={(event) => set({ address: event.currentTarget.value })}
        />
      ) : null}
      {fields.kind === "pipe" ? (
        <>
          <TextInput
            label={unknown.recipient}
            maxLength={512}
            value={fields.recipient}
            onChange={(event) => set({ recipient: event.currentTarget.value })}
          />
          {routes.length === 0 && fields.route === "" ? (
            <Text size="sm">{unknown.noRoute}</Text>
          ) : (
            <NativeSelect
              label={unknown.route}
              data={[...new Set([...routes, ...(fields.route === "" ? [] : [fields.route])])]}
              value={fields.route}
              onChange={(event) => set({ route: event.currentTarget.value })}
            />
          )}
        </>
      ) : null}
      <Consequence checked={checked} domain={name} />
      {giveUp === null ? null : (
        <Textarea
          label={unknown.giveUp}
          description={unknown.giveUpHint}
          rows={3}
          value={giveUp}
          onChange={(event) => setGiveUp(event.currentTarget.value)}
        />
      )}
      <SaveBar
        draft={draft}
        shown={(value) => ruleOf(value) ?? ""}
        save={save}
        refresh={onDone}
        isReady={checked.state === "answered" && checked.value.problem === null}
        onProblem={() => setGiveUp((before) => (fields.kind === "reject" ? (before ?? "") : before))}
      />
    </Section>
  );
}
