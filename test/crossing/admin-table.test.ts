/**
 * docs/admin.md says of every administrative act how it is done over the API, on the command line and on the pages.
 * The table must tell the truth, and all of it: what the API describes stands in it, what it names exists.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { programOf } from "#cli/program";
import { Company } from "./company.ts";

const file = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const text = file("docs/admin.md");
/** Pages that are shown: those behind the sign-in, and what stands before it. */
const pageNames = [
  ...[...file("web/src/pages.tsx").matchAll(/^ {2}"?([a-z-]+)"?: (?:later|[A-Z])/gm)].map(([, name]) => name),
  "sign-in",
  "set-up",
  "my",
];
/** They open and close what the table's other acts are done in, and are described beside the API of the socket. */
const ofSessions = ["POST /session", "DELETE /session", "POST /set-up"];

interface Row {
  readonly act: string;
  readonly api: string;
  readonly cli: string;
  readonly page: string;
  readonly domainAdministrators: string;
}

const rows: readonly Row[] = text
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .filter(([, act]) => act !== "act" && !/^-+$/.test(act ?? ""))
  .map(([, act = "", api = "", cli = "", page = "", domainAdministrators = ""]) => ({
    act,
    api,
    cli,
    page,
    domainAdministrators,
  }));

/** What stands in back quotes. */
const named = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

function commandsOf(command: Command, before = ""): string[] {
  return command.commands.flatMap((one) => {
    const name = `${before}${one.name()}`;
    return [name, ...commandsOf(one, `${name} `)];
  });
}

describe("the table of administrative acts", () => {
  test("has every changing operation of the API, and names none that is not there", async () => {
    await using company = await Company.start();
    const { paths } = await company.command.get<{
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }>("/openapi.json");
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api/, "")}`),
    );
    const inTable = rows.flatMap(({ api }) => named(api));
    expect(
      inTable.filter((one) => !described.includes(one) && !ofSessions.includes(one) && !/ \/my\b/.test(one)),
    ).toEqual([]);
    expect(described.filter((one) => !one.startsWith("GET ") && !inTable.includes(one))).toEqual([]);
  });

  test("names commands that are there, and leaves out none", () => {
    const known = commandsOf(programOf("0", async () => {}));
    const inTable = rows
      .flatMap(({ cli }) => named(cli))
      .map((line) => line.replace(/ (--|<|\[|[A-Z]).*$/, ""));
    expect(inTable.filter((one) => !known.includes(one))).toEqual([]);
    const nouns = known.filter((name) => known.some((other) => other.startsWith(`${name} `)));
    const left = known.filter((name) => !nouns.includes(name) && !inTable.includes(name));
    expect(left.filter((name) => !["serve", "doctor"].includes(name))).toEqual([]);
  });

  test("names pages that are there", () => {
    const inTable = rows.flatMap(({ page }) => named(page));
    expect(inTable.filter((one) => !pageNames.includes(one))).toEqual([]);
  });

  test("has no empty cell: a way, or the reason why there is none", () => {
    for (const { act, api, cli, page, domainAdministrators } of rows) {
      for (const cell of [api, cli, page])
        expect(named(cell).length > 0 || cell.length >= 12, `${act}: ${cell}`).toBe(true);
      expect(domainAdministrators, act).not.toBe("");
    }
    expect(rows.length).toBeGreaterThan(20);
  });
});
