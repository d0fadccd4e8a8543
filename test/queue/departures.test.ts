import { expect, test } from "vitest";
import { startSmtp } from "../old-server/smtp.ts";
import { waitsAt } from "../old-server/smtp-faults.ts";
import { QueueHouse, until } from "./queue-house.ts";

const text = "Subject: x\r\n\r\nx\r\n";

test("while all attempts that may be are under way, what waits for another place waits quietly", async () => {
  const gate = Promise.withResolvers<void>();
  await using slow = await startSmtp({ fault: waitsAt("MAIL", gate.promise) });
  await using house = await QueueHouse.open({ ports: [slow.port], runner: { total: 1, perDestination: 1 } });
  await house.start();
  await house.accept(text, [{ address: "anna@big-company.com" }]);
  await until(() => slow.seen.commands.some((command) => command.startsWith("MAIL")));
  await house.accept(text, [{ address: "ben@big-company.com" }]);
  // Were the queue to look again and again, nothing else would ever run.
  await new Promise((resolve) => setTimeout(resolve, 20));
  gate.resolve();
  await until(async () => (await house.waiting()).length === 0);
  expect(slow.seen.transactions).toHaveLength(2);
});
