import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";
import { strangeVariables } from "./environment.ts";

const folder = mkdtempSync(join(tmpdir(), "mailferry-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function load(toml: string, environment: Record<string, string> = {}) {
  const file = join(folder, "mailferry.toml");
  writeFileSync(file, toml);
  return loadConfig({ config: file }, environment);
}

function mistake(toml: string, environment: Record<string, string> = {}): string {
  try {
    load(toml, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace(`${folder}/`, "");
    throw error;
  }
  return "no mistake";
}

describe("what holds without a file", () => {
  test("loopback only, clear passwords there, data beside us", () => {
    const config = loadConfig({}, {});
    expect(config.listeners).toEqual([
      { name: "smtp", endpoint: { host: "127.0.0.1", port: 2525 }, clearPasswords: true },
      { name: "submission", endpoint: { host: "127.0.0.1", port: 2587 }, clearPasswords: true },
      { name: "pop3", endpoint: { host: "127.0.0.1", port: 2110 }, clearPasswords: true },
      { name: "imap", endpoint: { host: "127.0.0.1", port: 2143 }, clearPasswords: true },
      { name: "http", endpoint: { host: "127.0.0.1", port: 8080 }, clearPasswords: true },
    ]);
    expect(config.data).toBe(join(process.cwd(), "data"));
    expect(config.maxMessage).toBe(256 * 1024 * 1024);
  });
});

describe("file, environment and flags", () => {
  const toml = `
    hostname = "mail.big-company.com"
    default-domain = "Big-Company.com"
    data = "mail"
    max-message = "64 MB"
    [listeners.pop3]
    address = ["0.0.0.0:110", "[::]:110"]
    [tls]
    certificate = "cert.pem"
    key = "key.pem"
    [migration]
    sweep-interval = "2 min"
  `;

  test("the file; its paths are relative to it", () => {
    const config = load(toml);
    expect(config).toMatchObject({
      hostname: "mail.big-company.com",
      defaultDomain: "big-company.com",
      data: join(folder, "mail"),
      maxMessage: 64 * 1024 * 1024,
      tls: { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") },
      migration: { sweepInterval: 120_000, connectionsPerOldServer: 10, cutoverQuiet: 300_000 },
    });
    expect(config.listeners.map(({ endpoint }) => endpoint.host)).toEqual(["0.0.0.0", "::"]);
    expect(config.listeners.every(({ clearPasswords }) => !clearPasswords)).toBe(true);
  });

  test("the environment goes over the file, a flag over both", () => {
    const environment = {
      MAILFERRY_HOSTNAME: "mx.big-company.com",
      MAILFERRY_LISTENERS_POP3_ADDRESS: "127.0.0.1:1110",
    };
    const config = load(toml, environment);
    expect(config.hostname).toBe("mx.big-company.com");
    expect(config.listeners[0]).toEqual({
      name: "pop3",
      endpoint: { host: "127.0.0.1", port: 1110 },
      clearPasswords: true,
    });
    const flagged = loadConfig({ listen: ["pop3=127.0.0.1:0"] }, environment);
    expect(flagged.listeners.map(({ endpoint }) => endpoint.port)).toEqual([0]);
  });
});

describe("mistakes are one line: where, which key, what was found, what is expected", () => {
  test.each([
    ['max-message = "large"', 'mailferry.toml: max-message: found "large", expected a size such as "256 MB"'],
    ["hostname = 5", "mailferry.toml: hostname: found 5, expected a host name"],
    [
      '[listeners.pop3]\naddress = "nowhere"',
      'mailferry.toml: listeners.pop3.address: found "nowhere", expected an address such as "0.0.0.0:110", or a list of them',
    ],
    [
      '[listeners.pop3]\naddress = "0.0.0.0:110"\nclear-passwords = true',
      "mailferry.toml: listeners.pop3.clear-passwords: found true for 0.0.0.0:110, expected true on loopback addresses only",
    ],
    [
      '[listeners.pop3s]\naddress = "0.0.0.0:995"',
      "mailferry.toml: listeners.pop3s: found no [tls], expected a certificate and a key for it",
    ],
    [
      'hostnam = "x"',
      "mailferry.toml: hostnam: found a key that does not exist, expected one of docs/configuration.md",
    ],
    [
      '[listeners.gopher]\naddress = "0.0.0.0:70"',
      "mailferry.toml: listeners.gopher: found a listener that this version does not serve, expected one of smtp, submission, submissions, pop3, pop3s, imap, imaps, http, https",
    ],
    [
      "[migration]\nconnections-per-old-server = 0",
      "mailferry.toml: migration.connections-per-old-server: found 0, expected 1 or more",
    ],
  ])("%s", (toml, expected) => {
    expect(mistake(toml)).toBe(expected);
  });

  test.each([
    [
      { MAILFERRY_MIGRATION_SWEEP_INTERVAL: "soon" },
      'MAILFERRY_MIGRATION_SWEEP_INTERVAL: migration.sweep-interval: found "soon", expected a duration such as "5 min"',
    ],
    [
      { MAILFERRY_LISTENERS_POP3_ADDRESS: "0.0.0.0:110, nowhere" },
      'MAILFERRY_LISTENERS_POP3_ADDRESS: listeners.pop3.address: found ["0.0.0.0:110","nowhere"], expected an address such as "0.0.0.0:110", or a list of them',
    ],
  ])("a variable is named instead of the file: %j", (environment, expected) => {
    expect(mistake('hostname = "mail.big-company.com"', environment)).toBe(expected);
  });

  test("what is no TOML names the line", () => {
    expect(mistake("hostname = ")).toMatch(/^mailferry\.toml:1: /);
  });

  test("a file that is not there", () => {
    expect(() => loadConfig({ config: join(folder, "none.toml") }, {})).toThrow(/none\.toml: cannot be read/);
  });
});

test("variables that look like a key's and are none are found; those of keys are not", () => {
  const environment = {
    MAILFERRY_LISTENERS_POP3_ADRESS: "0.0.0.0:110",
    MAILFERRY_LISTENERS_POP3_ADDRESS: "0.0.0.0:110",
    MAILFERRY_MAX_MESSAGE: "1 MB",
    MAILFERRY_CONFIG: "mailferry.toml",
    HOME: "/root",
  };
  expect(strangeVariables(environment)).toEqual(["MAILFERRY_LISTENERS_POP3_ADRESS"]);
});
