/** A 150 MB message arrives, is copied, read and relayed; the server's memory stays below 300 MB. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { sha256 } from "../programs/pop3-program.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { Company, domain } from "./company.ts";

const megabytes = 150;

/** Peak resident memory of a process in MB, as Linux counts it; measured there only. */
function peakMemory(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

test.runIf(process.platform === "linux")(
  "150 MB in and out within 300 MB",
  async () => {
    await using company = await Company.start();
    const anna = company.mailboxes.add("anna", "secret");
    company.mailboxes.add("bob", "secret");
    const line = "The quick brown fox jumps over the lazy dog, again and again and again...\r\n";
    const large = Buffer.from(
      letter("anna", "large") + line.repeat(Math.ceil((megabytes * 1024 * 1024) / line.length)),
      "latin1",
    );
    put(anna, large);

    const program = await company.login("anna", "secret");
    await company.copied(1);
    expect(sha256(await program.retrieve(1))).toBe(sha256(large));
    await program.quit();

    using sender = await SmtpProgram.connect(company.ports.smtp);
    const sent = await sender.send("friend@example.net", [`anna@${domain}`, `bob@${domain}`], large);
    expect(sent.data?.code).toBe(250);
    await company.drained();
    const relayed = company.mailboxes.find("bob")?.messages[0]?.octets ?? Buffer.alloc(0);
    expect(
      createHash("sha256")
        .update(relayed.subarray(relayed.length - large.length))
        .digest("hex"),
    ).toBe(sha256(large));
    {
      await using again = await company.login("anna", "secret");
      const received = await again.retrieve((await again.list()).length);
      expect(sha256(received.subarray(received.length - large.length))).toBe(sha256(large));
    }
    expect(peakMemory(company.pid)).toBeLessThan(300);
  },
  120_000,
);
