import { expect, it } from "vitest";
import { topicsOf } from "./topics.ts";

it.each([
  ["/domains", ["domains"]],
  ["/domains/big-company.com", ["domain:big-company.com", "migration:big-company.com"]],
  [
    "/domains/big-company.com/roster?search=a/b&limit=50",
    ["domain:big-company.com", "migration:big-company.com"],
  ],
  ["/migrations/big-company.com/cutover/plan", ["domain:big-company.com", "migration:big-company.com"]],
  ["/mailboxes/anna%40big-company.com/ledger", ["mailbox:anna@big-company.com"]],
  ["/mailboxes/anna%40big-company.com/aliases", ["domain:big-company.com"]],
  ["/aliases/sales%40big-company.com?target=anna", ["domain:big-company.com"]],
  ["/queue", ["queue"]],
  ["/queue/7", ["queue"]],
  ["/log?limit=5", ["log"]],
  ["/administrators/carol/keys", ["administrators"]],
  ["/domains/big-company.com/logins", null],
  ["/migrations/big-company.com/check?limit=50&cursor=", null],
  ["/queue/figures", null],
  ["/server", null],
])("what %s shows depends on %j", (path, topics) => {
  expect(topicsOf(path)).toEqual(topics);
});
