/** Scenarios as people select them: `A10`, `A20:message=3:octets=500`, several with commas between. */
import type { OldMailboxes } from "../maildrop.ts";
import type { Pop3Behaviour } from "../pop3-behaviour.ts";
import type { SmtpBehaviour } from "../smtp-behaviour.ts";
import { scenarios } from "./registry.ts";
import type { Hooks, OldHouse, Option, Scenario } from "./scenario.ts";

/** A selection that cannot be read; the message is one line for a person. */
export class SelectionError extends Error {
  constructor(text: string) {
    super(text);
    this.name = "SelectionError";
  }
}

/** The hooks of all that was selected, by protocol, in the order in which they were named. */
export interface Selection {
  readonly ids: readonly string[];
  readonly pop3: readonly Pop3Behaviour[];
  readonly smtp: readonly SmtpBehaviour[];
  readonly every: readonly NonNullable<Hooks["every"]>[];
  /** Does to the mailboxes what the scenarios do to them. */
  readonly prepare: (mailboxes: OldMailboxes) => void;
}

/** Reads a selection and makes its hooks; "" selects nothing. Throws SelectionError. */
export function select(spec: string, house: OldHouse): Selection {
  const chosen = spec
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map(parse);
  const hooks = chosen.map(({ scenario, given }) => scenario.make(given, house));
  return {
    ids: chosen.map(({ scenario }) => scenario.id),
    pop3: hooks.flatMap(({ pop3 }) => pop3 ?? []),
    smtp: hooks.flatMap(({ smtp }) => smtp ?? []),
    every: hooks.flatMap(({ every }) => every ?? []),
    prepare: (mailboxes) => {
      for (const { mail } of hooks) for (const mailbox of mailboxes.all) mail?.(mailbox);
    },
  };
}

function parse(one: string): { readonly scenario: Scenario; readonly given: ReadonlyMap<string, string> } {
  const [id = "", ...settings] = one.split(":");
  const scenario = scenarios.find((known) => known.id === id.toUpperCase());
  if (!scenario) throw new SelectionError(`There is no scenario "${id}": --list shows them all.`);
  const given = new Map<string, string>();
  for (const setting of settings) {
    const [name = "", value = ""] = setting.split("=");
    const option = scenario.options[name];
    if (!option) {
      const names = Object.keys(scenario.options).join(", ") || "none";
      throw new SelectionError(`${scenario.id} has no option "${name}"; it takes: ${names}.`);
    }
    const wanted = complaint(option, value);
    if (wanted) throw new SelectionError(`${scenario.id}:${name}: found "${value}", expected ${wanted}.`);
    given.set(name, value);
  }
  return { scenario, given };
}

function complaint(option: Option, value: string): string | null {
  if (option.kind === "number") return /^\d{1,12}$/.test(value) ? null : "a whole number";
  if (option.kind === "choice")
    return option.choices.includes(value) ? null : `one of ${option.choices.join(", ")}`;
  return value === "" ? "a text" : null;
}

/** The table of all scenarios, for people. */
export function listing(): string {
  return scenarios
    .map(({ id, protocols, title, does, options }) => {
      const lines = Object.entries(options).map(([name, option]) => {
        const choices = option.kind === "choice" ? ` (${option.choices.join(" | ")})` : "";
        return `        :${name}=${option.default}  ${option.about}${choices}`;
      });
      return [`${id.padEnd(4)} [${protocols.join(", ")}]  ${title}`, `        ${does}`, ...lines].join("\n");
    })
    .join("\n");
}
