import { expect, test } from "vitest";
import { actOf } from "./audit-acts.ts";

const big = "big-company.com";
const anna = `anna@${big}`;

test.each([
  ["PATCH", ["domains", big], {}, "domain-set", big, big],
  ["POST", ["domains"], { name: big }, "domain-add", big, big],
  ["POST", ["mailboxes"], { address: anna }, "mailbox-add", anna, big],
  ["PUT", ["mailboxes", anna, "password"], {}, "mailbox-password", anna, big],
  ["PUT", ["migrations", big], {}, "migration-on", big, big],
  ["POST", ["migrations", big, "transfers"], { act: "pause" }, "migration-pause", big, big],
  ["POST", ["migrations", big, "cutover", "undo"], {}, "migration-cutover-undo", big, big],
  ["POST", ["returns", anna], {}, "migration-return", anna, big],
  ["POST", ["returns", anna, "undo"], {}, "migration-return-undo", anna, big],
  ["PUT", ["migrations", big, "limits"], {}, "migration-limits", big, big],
  ["DELETE", ["queue", "7f3a"], {}, "queue-remove", "7f3a", null],
  ["PUT", ["account", "password"], {}, "administrator-password", "password", null],
  ["PUT", ["account", "totp"], {}, "second-factor-on", "totp", null],
  ["POST", ["account", "totp", "off"], {}, "second-factor-off", "totp", null],
  ["POST", ["something-new"], {}, "something-new-add", "something-new", null],
] as const)("%s %j is an act of its own name", (method, path, body, kind, object, domain) => {
  expect(actOf(method, path, body)).toMatchObject({ kind, object, domain });
});

test("what only looks is no act", () => {
  expect(actOf("GET", ["domains"], undefined)).toBeNull();
  expect(actOf("POST", ["account", "totp"], {})).toBeNull();
  expect(actOf("POST", ["returns", anna, "plan"], {})).toBeNull();
  expect(actOf("POST", ["migrations", big, "verify"], {})).toBeNull();
});

test("no name of an act comes out of what somebody sends", () => {
  const act = actOf("POST", ["migrations", big, "transfers"], { act: 'x"; <script>' });
  expect(act?.kind).toBe("migration-transfers");
});
