/** What goes wrong around the program: starts that are refused, ends in good order, clients that behave badly. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { Dialogue } from "../programs/dialogue.ts";
import { freePorts } from "../programs/free-ports.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { domain, Mailferry, type RunOptions, runMailferry } from "./mailferry.ts";

// Each test starts programs, on machines that may have much else to do.
vi.setConfig({ testTimeout: 120_000 });

/** A start that must be refused: the one line that it gives. */
async function refusal(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runMailferry(["serve", ...args], options);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^mailferry: .+\n$/);
  return stderr.trim();
}

describe("a start is refused in one clear line", () => {
  test("while another process uses the data directory, which goes on undisturbed", async () => {
    await using mailferry = await Mailferry.start();
    await mailferry.people("anna");
    const [smtp = 0] = await freePorts(1);
    const line = await refusal(["--data", mailferry.data, "--listen", `smtp=127.0.0.1:${smtp}`]);
    expect(line).toContain(`The data directory ${mailferry.data} is in use by another Mailferry.`);
    expect((await mailferry.run(["domain", "list"])).stdout).toContain(domain);
    expect(await mailferry.maildrop("anna")).toEqual([]);
  });

  test("where a port is taken, with the listener and its address, and nothing is left running", async () => {
    await using mailferry = await Mailferry.start();
    expect(await mailferry.stop()).toBe(0);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(mailferry.ports.pop3, "127.0.0.1", resolve));
    try {
      expect(await refusal(mailferry.flags)).toBe(
        `mailferry: listener pop3: 127.0.0.1:${mailferry.ports.pop3} is in use by another program; stop it, or choose another port`,
      );
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
    await mailferry.startServer();
  });

  test("of data that a newer version wrote, and the data stays as it is", async () => {
    await using mailferry = await Mailferry.start();
    await mailferry.people("anna");
    await mailferry.stop();
    const setSchema = (change: string): void => {
      const database = new DatabaseSync(join(mailferry.data, "mailferry.db"));
      database.exec(`UPDATE meta SET value = value ${change} WHERE key = 'schema'`);
      database.close();
    };
    setSchema("+ 1000");
    expect(await refusal(mailferry.flags)).toMatch(
      /The data was written by a newer version of Mailferry \(schema \d+, this version knows \d+\)\. Install/,
    );
    setSchema("- 1000");
    await mailferry.startServer();
    expect(await mailferry.maildrop("anna")).toEqual([]);
  });

  test("where the data directory cannot be one", async () => {
    await using mailferry = await Mailferry.start();
    const [pop3 = 0] = await freePorts(1);
    const listen = ["--listen", `pop3=127.0.0.1:${pop3}`];
    const file = join(mailferry.scratch, "file");
    writeFileSync(file, "");
    const below = join(file, "data");
    for (const data of [file, below])
      expect(await refusal(["--data", data, ...listen])).toContain(`${data} cannot be used: E`);
    const deep = join(mailferry.scratch, "x".repeat(120));
    expect(await refusal(["--data", deep, ...listen])).toContain("choose a shorter data directory");
    await mailferry.stop();
    writeFileSync(join(mailferry.data, "mailferry.db"), "x".repeat(10_000));
    expect(await refusal(mailferry.flags)).toContain("cannot be used: file is not a database");
  });

  test.each([
    ['hostnam = "x"', {}, "mailferry.toml: hostnam: found a key that does not exist"],
    ["hostname =", {}, "mailferry.toml:1: "],
    [
      '[listeners.smtp]\naddress = "nowhere"',
      {},
      'mailferry.toml: listeners.smtp.address: found "nowhere", expected an address such as',
    ],
    [
      'hostname = "x"',
      { MAILFERRY_MAX_MESSAGE: "huge" },
      'MAILFERRY_MAX_MESSAGE: max-message: found "huge", expected a size such as "256 MB"',
    ],
    [
      '[tls]\ncertificate = "none.pem"\nkey = "none.pem"',
      {},
      "none.pem cannot be read: ENOENT: no such file or directory",
    ],
  ])("for a mistake in the configuration: %j %j", async (toml, environment, complaint) => {
    const scratch = mkdtempSync(join(tmpdir(), "mailferry-alone-"));
    try {
      const file = join(scratch, "mailferry.toml");
      writeFileSync(file, `${toml}\n`);
      const args = ["--config", file, "--data", join(scratch, "data")];
      expect(await refusal(args, { environment })).toContain(complaint);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});

describe("SIGTERM", () => {
  test("ends it in good order while sessions are open: what was acknowledged stays, the rest is told", async () => {
    await using mailferry = await Mailferry.start();
    await mailferry.people("anna");
    using idle = new Client(mailferry.ports.smtp);
    using inside = new Client(mailferry.ports.smtp);
    using done = new Client(mailferry.ports.smtp);
    using reader = new Client(mailferry.ports.pop3);
    expect(await idle.line()).toMatch(/^220 /);
    expect(await done.message(letter("anna", "acknowledged"))).toMatch(/^250 /);
    await inside.envelope();
    inside.say("Subject: cut off\r\n\r\nand never");
    await reader.line();
    await reader.ask(`USER anna@${domain}`);
    expect(await reader.ask("PASS secret")).toMatch(/^\+OK/);
    expect(await reader.ask("DELE 1")).toMatch(/^\+OK/);

    expect(await mailferry.stop()).toBe(0);
    for (const client of [idle, inside, done]) expect(await client.rest()).toMatch(/^421 4\.3\.2 /);
    expect(await reader.rest()).toBe("");

    await mailferry.startServer();
    // Without QUIT nothing is deleted, and half a message is none.
    expect((await mailferry.maildrop("anna")).map(subjectOf)).toEqual(["acknowledged"]);
    expect(mailferry.log).not.toContain('"level":50');
  });

  test("also before anybody came, and a second time", async () => {
    await using mailferry = await Mailferry.start();
    expect(await mailferry.stop()).toBe(0);
    await mailferry.startServer();
    expect(await mailferry.stop()).toBe(0);
  });
});

describe("a client that behaves badly is told so, and then closed", () => {
  test("SMTP", async () => {
    await using mailferry = await Mailferry.start();
    await mailferry.people("anna");
    const { smtp } = mailferry.ports;
    {
      using endless = new Client(smtp);
      await endless.line();
      endless.say("x".repeat(5000));
      endless.say("\r\nNOOP\r\n");
      expect([await endless.line(), await endless.line()]).toEqual([
        "500 5.5.6 The line is too long",
        expect.stringMatching(/^250 /),
      ]);
      endless.say("x".repeat(100_000));
      expect(await endless.rest()).toMatch(/^421 4\.7\.0 /);
    }
    {
      using confused = new Client(smtp);
      await confused.line();
      const answers: string[] = [];
      for (let n = 0; n < 30 && !answers.at(-1)?.startsWith("421"); n++)
        answers.push(await confused.ask("WHAT"));
      expect(answers.at(-1)).toMatch(/^421 4\.7\.0 /);
      expect(answers.slice(0, -1).every((answer) => answer.startsWith("500 "))).toBe(true);
      expect(await confused.rest()).toBe("");
    }
    {
      using browser = new Client(smtp);
      await browser.line();
      browser.say("GET / HTTP/1.1\r\nHost: mail\r\n\r\n");
      expect(await browser.rest()).toMatch(/^421 4\.7\.0 This is a mail server\r\n$/);
    }
    {
      using harvester = new Client(smtp);
      await harvester.line();
      await harvester.ask("EHLO stranger.example.net");
      await harvester.ask("MAIL FROM:<stranger@example.net>");
      const answers: string[] = [];
      for (let n = 0; n < 150 && !answers.at(-1)?.startsWith("421"); n++)
        answers.push(await harvester.ask(`RCPT TO:<guess${n}@${domain}>`));
      expect(answers.at(-1)).toMatch(/^421 4\.7\.0 /);
      expect(answers.slice(0, -1).every((answer) => answer.startsWith("550 5.1.1 "))).toBe(true);
    }
    {
      // Somebody who says nothing at all is in nobody's way.
      using silent = new Client(smtp);
      using program = await SmtpProgram.connect(smtp);
      const { data } = await program.send("a@example.net", [`anna@${domain}`], letter("anna", "still here"));
      expect(data?.code).toBe(250);
      silent.close();
    }
    expect((await mailferry.maildrop("anna")).map(subjectOf)).toEqual(["still here"]);
  });

  test("POP3", async () => {
    await using mailferry = await Mailferry.start();
    await mailferry.people("anna");
    const { pop3 } = mailferry.ports;
    {
      using endless = new Client(pop3);
      await endless.line();
      endless.say(`${"x".repeat(5000)}\r\nUSER anna\r\n`);
      expect([await endless.line(), await endless.line()]).toEqual([
        "-ERR The line is too long.",
        expect.stringMatching(/^\+OK/),
      ]);
      endless.say("x".repeat(200_000));
      expect(await endless.rest()).toBe("");
    }
    {
      using confused = new Client(pop3);
      await confused.line();
      for (let n = 0; n < 9; n++) expect(await confused.ask("WHAT")).toMatch(/^-ERR /);
      confused.say("WHAT\r\nWHAT\r\n");
      expect(await confused.rest()).toBe("-ERR Unknown command.\r\n-ERR Too many mistakes.\r\n");
    }
    {
      using guesser = new Client(pop3);
      await guesser.line();
      const answers: string[] = [];
      for (let n = 0; n < 5; n++) {
        await guesser.ask(`USER anna@${domain}`);
        answers.push(await guesser.ask(`PASS guess ${n}`));
      }
      expect(answers.every((answer) => answer.startsWith("-ERR ["))).toBe(true);
    }
  });

  test("one address has so many connections, and not more", async () => {
    await using mailferry = await Mailferry.start();
    await mailferry.people("anna");
    const clients = Array.from({ length: 500 }, () => new Client(mailferry.ports.smtp));
    try {
      for (const client of clients) expect(await client.line()).toMatch(/^220 /);
      using tooMany = new Client(mailferry.ports.smtp);
      expect(await tooMany.rest()).toMatch(/^421 4\.7\.0 Too many connections/);
      clients.pop()?.close();
      // Its place is free once the server has noticed.
      await expect
        .poll(async () => {
          using next = new Client(mailferry.ports.smtp);
          return await next.line();
        })
        .toMatch(/^220 /);
    } finally {
      for (const client of clients) client.close();
    }
    // People who read their mail are not affected by what goes on at the other door.
    expect(await mailferry.maildrop("anna")).toEqual([]);
  });
});

/** A client that says what it likes. */
class Client extends Dialogue implements Disposable {
  async ask(line: string): Promise<string> {
    this.say(`${line}\r\n`);
    for (;;) {
      const answer = await this.line();
      if (!/^\d{3}-/.test(answer)) return answer;
    }
  }

  /** Everything up to the data. */
  async envelope(): Promise<void> {
    await this.line();
    await this.ask("EHLO sender.example.net");
    await this.ask("MAIL FROM:<friend@example.net>");
    await this.ask(`RCPT TO:<anna@${domain}>`);
    expect(await this.ask("DATA")).toMatch(/^354 /);
  }

  async message(octets: string): Promise<string> {
    await this.envelope();
    this.say(octets.replaceAll("\r\n.", "\r\n.."));
    return await this.ask(".");
  }

  /** All that is said until the server closes the connection. */
  async rest(): Promise<string> {
    const lines: string[] = [];
    try {
      for (;;) lines.push(`${await this.line()}\r\n`);
    } catch {
      return lines.join("");
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
