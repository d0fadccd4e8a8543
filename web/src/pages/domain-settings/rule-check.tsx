import { Alert, Text } from "@mantine/core";
import type { RuleCheckView } from "#http/domain-checks";
import { ask } from "../../api/client.ts";
import { type Asked, useAsked } from "../../parts/asked.ts";
import { say } from "../../words/domain-settings.ts";

/** What the server thinks of a rule while it is typed; null: something is left to be filled in. */
export function useRuleCheck(domain: string, rule: string | null): Asked<RuleCheckView> {
  const path = `/domains/${encodeURIComponent(domain)}/unknown-users?rule=${encodeURIComponent(rule ?? "")}`;
  return useAsked(rule === null ? null : path, () => ask<RuleCheckView>(path));
}

/** The consequence of a rule, spelled out. */
export function Consequence({
  checked,
  domain,
}: {
  readonly checked: Asked<RuleCheckView>;
  readonly domain: string;
}) {
  const { unknown } = say;
  if (checked.state === "refused") return <Alert color="orange">{checked.text}</Alert>;
  if (checked.state !== "answered")
    return <Text size="sm">{checked.state === "asking" ? unknown.checking : unknown.incomplete}</Text>;
  const check = checked.value;
  if (check.problem !== null)
    return (
      <Alert color="red" variant="light" title={unknown.refused} className="address">
        {check.problem}
      </Alert>
    );
  return (
    <Alert color={check.warnings.length > 0 ? "orange" : "blue"} variant="light" className="address">
      {unknown.consequence(check.rule ?? "", check, domain)} {unknown.people(check)}
      {check.warnings.map((warning) => (
        <Text key={warning} size="sm" fw={600}>
          {warning}
        </Text>
      ))}
    </Alert>
  );
}
