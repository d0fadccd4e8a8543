/** While one session has much to do, another has its turn. */
import { expect, test } from "vitest";
import { value } from "../contract/harness.ts";
import { ImapHouse } from "./house.ts";
import { openImap } from "./open.ts";
import { Talk } from "./talk.ts";

test("a LIST of many names and patterns lets others go first", async () => {
  await using house = await ImapHouse.open();
  for (let n = 1; n <= 300; n++)
    value(await house.harness.mail.createFolder(house.annas, `${"ab".repeat(100)}${n}`, null));
  await using listener = await openImap(house);
  using busy = await Talk.with(listener.port);
  using other = await Talk.with(listener.port);
  await busy.command("LOGIN anna secret");
  await other.command("LOGIN anna secret");
  const patterns = Array.from({ length: 100 }, (_, n) => `*${"a*b*".repeat(10)}${n}x`);
  const order: string[] = [];
  const listed = busy.command(`LIST "" (${patterns.join(" ")})`).then((told) => {
    order.push("LIST");
    return told;
  });
  // It is under way once octets have had time to arrive: others have had their turn several times then.
  for (let n = 0; n < 5; n++) expect(await other.command("NOOP")).toBe("t OK Done.\r\n");
  order.push("NOOP");
  expect(await listed).toBe("t OK That is all.\r\n");
  expect(order).toEqual(["NOOP", "LIST"]);
});
