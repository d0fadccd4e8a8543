/** Everything that the port `directory/directory-store` promises, for any engine. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Mailbox, NewMailbox } from "#directory/directory-store";
import type { AliasDomain, LocalDomain, RemoteDomain } from "#directory/domain";
import type { MailboxId } from "#mailbox/ids";
import {
  append,
  expectProblem,
  type Harness,
  inboxOf,
  type OpenHarness,
  octetsOf,
  value,
} from "./harness.ts";

const here: LocalDomain = { kind: "local", name: "big-company.com", unknownUsers: { rule: "reject" } };
const old: RemoteDomain = {
  kind: "remote",
  name: "big-company.old",
  hosts: [{ host: "10.0.0.5", port: 25 }],
  tls: { mode: "opportunistic" },
  deliver: "immediately",
};
const net: AliasDomain = { kind: "alias", name: "big-company.net", target: "big-company.com" };
const piped: LocalDomain = {
  ...here,
  unknownUsers: { rule: "pipe", pipe: { localPart: "*", domain: here.name, route: old.name } },
};

export function directoryStoreContract(open: OpenHarness): void {
  describe("DirectoryStore", () => {
    let store: Harness;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store[Symbol.asyncDispose]());

    describe("domains", () => {
      it("are kept as they are, in the order of their names", async () => {
        expect(await store.directory.domains()).toEqual([]);
        for (const domain of [here, old, net]) value(await store.directory.addDomain(domain));
        value(await store.directory.setDomain(piped));
        await store.reopen();
        expect(await store.directory.domains()).toEqual([piped, net, old]);
        expect(await store.directory.domain(old.name)).toEqual(old);
        expect(await store.directory.domain("big-company.org")).toBeNull();
      });

      it("are added once and changed only within their kind", async () => {
        value(await store.directory.addDomain(here));
        expectProblem(await store.directory.addDomain({ ...old, name: here.name }), "exists");
        expectProblem(await store.directory.setDomain({ ...old, name: here.name }), "invalid");
        expectProblem(await store.directory.setDomain(old), "not-found");
        value(await store.directory.setDomain({ ...here, unknownUsers: { rule: "postmaster" } }));
        expect(await store.directory.domain(here.name)).toMatchObject({
          unknownUsers: { rule: "postmaster" },
        });
      });

      it("name only what is there", async () => {
        expectProblem(await store.directory.addDomain(net), "not-found");
        expectProblem(await store.directory.addDomain(piped), "not-found");
        value(await store.directory.addDomain(old));
        expectProblem(await store.directory.addDomain({ ...net, target: old.name }), "not-found");
        value(await store.directory.addDomain(piped));
        value(await store.directory.addDomain(net));
      });

      it("stay while something needs them, and go when nothing does", async () => {
        for (const domain of [here, old, net]) value(await store.directory.addDomain(domain));
        const anna = value(await store.directory.addMailbox(mailboxOf("anna")));
        value(await store.directory.addAlias({ address: "info@big-company.com", target: "bob@example.org" }));
        value(await store.directory.setDomain(piped));
        const remove = (name: string) => store.directory.removeDomain(name);

        expectProblem(await remove(old.name), "in-use");
        value(await store.directory.setDomain(here));
        value(
          await store.directory.addAlias({ address: "it@big-company.com", target: "it@big-company.old" }),
        );
        expectProblem(await remove(old.name), "in-use");
        value(await store.directory.removeAlias("it@big-company.com"));
        value(await remove(old.name));
        expectProblem(await remove(old.name), "not-found");

        expectProblem(await remove(here.name), "in-use");
        value(await remove(net.name));
        expectProblem(await remove(here.name), "in-use");
        value(await store.directory.removeAlias("info@big-company.com"));
        expectProblem(await remove(here.name), "in-use");
        value(await store.directory.removeMailbox(anna.id));
        value(await remove(here.name));
        expect(await store.directory.domains()).toEqual([]);
      });

      it("may forward and pipe to themselves and still go", async () => {
        value(await store.directory.addDomain(here));
        value(await store.directory.addAlias({ address: "a@big-company.com", target: "b@example.org" }));
        value(await store.directory.removeAlias("a@big-company.com"));
        const rule = { rule: "forward", address: "all@big-company.com" } as const;
        value(await store.directory.setDomain({ ...here, unknownUsers: rule }));
        value(await store.directory.removeDomain(here.name));
      });
    });

    describe("mailboxes", () => {
      beforeEach(async () => {
        value(await store.directory.addDomain(here));
      });

      it("are kept as they are", async () => {
        const added = value(await store.directory.addMailbox({ ...mailboxOf("anna"), quota: 1000 }));
        expect(added).toEqual({
          id: added.id,
          address: "anna@big-company.com",
          domain: "big-company.com",
          admitted: true,
          hasPassword: false,
          quota: 1000,
          createdAt: store.clock.now,
        } satisfies Mailbox);
        await store.reopen();
        expect(await store.directory.mailbox(added.address)).toEqual(added);
        expect(await store.directory.mailboxById(added.id)).toEqual(added);
        expect(await store.directory.mailbox("bob@big-company.com")).toBeNull();
        expect(await store.directory.mailboxById(4711 as MailboxId)).toBeNull();
      });

      it("need a local domain and an address that is free", async () => {
        value(await store.directory.addDomain(old));
        value(await store.directory.addMailbox(mailboxOf("anna")));
        expectProblem(await store.directory.addMailbox(mailboxOf("anna")), "exists");
        for (const domain of ["big-company.old", "big-company.org"]) {
          const mailbox = { ...mailboxOf("anna"), address: `anna@${domain}`, domain };
          expectProblem(await store.directory.addMailbox(mailbox), "not-found");
        }
      });

      it("have folders from the same commit on if they are admitted, and none before", async () => {
        const anna = value(await store.directory.addMailbox(mailboxOf("anna")));
        const bob = value(await store.directory.addMailbox({ ...mailboxOf("bob"), admitted: false }));
        expect(await store.mail.inbox(anna.id)).not.toBeNull();
        expect(bob.admitted).toBe(false);
        expect(await store.mail.folders(bob.id)).toEqual([]);
        expectProblem(await store.mail.createFolder(bob.id, "Bills", null), "not-found");
      });

      it("are listed by domain, in the order of their addresses, in slices", async () => {
        value(await store.directory.addDomain({ ...here, name: "big-company.org" }));
        const other = { ...mailboxOf("zoe"), address: "zoe@big-company.org", domain: "big-company.org" };
        value(await store.directory.addMailbox(other));
        for (const name of ["dora", "anna", "carl", "bob"]) {
          value(await store.directory.addMailbox(mailboxOf(name)));
        }
        const localParts = async (after: string, limit: number) =>
          (await store.directory.mailboxes(here.name, after, limit)).map((box) => box.address.split("@")[0]);
        expect(await localParts("", 3)).toEqual(["anna", "bob", "carl"]);
        expect(await localParts("carl@big-company.com", 3)).toEqual(["dora"]);
        expect(await store.directory.mailboxes("big-company.old", "", 3)).toEqual([]);
      });

      it("keep their password's hash to themselves", async () => {
        const bob = value(await store.directory.addMailbox({ ...mailboxOf("bob"), passwordHash: "$hash$1" }));
        expect(bob.hasPassword).toBe(true);
        expect(JSON.stringify(bob)).not.toContain("$hash$1");
        expect(await store.directory.keptPassword(bob.id)).toEqual({ hash: "$hash$1", unhashed: null });
        value(await store.directory.setPasswordHash(bob.id, "$hash$2"));
        expect(await store.directory.keptPassword(bob.id)).toEqual({ hash: "$hash$2", unhashed: null });
        const anna = value(await store.directory.addMailbox(mailboxOf("anna")));
        expect(await store.directory.keptPassword(anna.id)).toEqual({ hash: null, unhashed: null });
        expectProblem(await store.directory.setPasswordHash(4711 as MailboxId, "x"), "not-found");
        expectProblem(await store.directory.setQuota(4711 as MailboxId, 1), "not-found");
      });

      it("are gone at once when they are removed, with everything in them, and can come again empty", async () => {
        const anna = value(await store.directory.addMailbox({ ...mailboxOf("anna"), passwordHash: "x" }));
        const inbox = await inboxOf(store, anna.id);
        for (let index = 0; index < 20; index++)
          await append(store, inbox, octetsOf(`m${index}`, index * 5000));
        let heard = 0;
        using _ = store.changes.listen(inbox.id, () => heard++);
        value(await store.directory.removeMailbox(anna.id));
        expect(heard).toBe(1);
        expect(await store.directory.mailbox(anna.address)).toBeNull();
        expect(await store.directory.mailboxById(anna.id)).toBeNull();
        expect(await store.directory.mailboxes(here.name, "", 10)).toEqual([]);
        expect(await store.directory.keptPassword(anna.id)).toEqual({ hash: null, unhashed: null });
        expect(await store.mail.folders(anna.id)).toEqual([]);
        expect(await store.mail.folder(inbox.id)).toBeNull();
        expect(await store.mail.inbox(anna.id)).toBeNull();
        expect(await store.mail.usage(anna.id)).toEqual({ octets: 0, messages: 0, limit: null });
        expectProblem(await store.mail.expunge(inbox.id, []), "not-found");
        expectProblem(await store.directory.removeMailbox(anna.id), "not-found");
        expectProblem(await store.directory.setPasswordHash(anna.id, "y"), "not-found");

        const again = value(await store.directory.addMailbox(mailboxOf("anna")));
        expect(again.id).not.toBe(anna.id);
        expect(await store.mail.usage(again.id)).toMatchObject({ octets: 0, messages: 0 });
      });
    });

    describe("aliases", () => {
      beforeEach(async () => {
        value(await store.directory.addDomain(here));
      });

      it("have any number of targets", async () => {
        const info = "info@big-company.com";
        for (const target of ["zoe@example.org", "anna@big-company.com"]) {
          value(await store.directory.addAlias({ address: info, target }));
        }
        value(await store.directory.addAlias({ address: "a@big-company.com", target: info }));
        await store.reopen();
        expect(await store.directory.aliasTargets(info)).toEqual(["anna@big-company.com", "zoe@example.org"]);
        expect(await store.directory.aliases(here.name)).toEqual([
          { address: "a@big-company.com", target: info },
          { address: info, target: "anna@big-company.com" },
          { address: info, target: "zoe@example.org" },
        ]);
        value(await store.directory.removeAlias(info));
        expect(await store.directory.aliasTargets(info)).toEqual([]);
        expect(await store.directory.aliases(here.name)).toHaveLength(1);
        expect(await store.directory.aliases("big-company.org")).toEqual([]);
      });

      it("are found by where they lead, and lose one target alone", async () => {
        const [anna, bob] = ["anna@big-company.com", "bob@big-company.com"];
        for (const [name, target] of [
          ["sales", anna],
          ["sales", bob],
          ["info", anna],
          ["help", bob],
        ] as const)
          value(await store.directory.addAlias({ address: `${name}@big-company.com`, target }));
        const [info, sales] = [
          { address: "info@big-company.com", targets: 1 },
          { address: "sales@big-company.com", targets: 2 },
        ];
        expect(await store.directory.aliasesTo(anna, "", 10)).toEqual([info, sales]);
        expect(await store.directory.aliasesTo(anna, "", 1)).toEqual([info]);
        expect(await store.directory.aliasesTo(anna, info.address, 10)).toEqual([sales]);
        expectProblem(await store.directory.removeAlias(info.address, bob), "not-found");
        value(await store.directory.removeAlias(sales.address, anna));
        expect(await store.directory.aliasTargets(sales.address)).toEqual([bob]);
        expect(await store.directory.aliasesTo(anna, "", 10)).toEqual([info]);
      });

      it("are of a local domain, and each target is named once", async () => {
        const alias = { address: "info@big-company.com", target: "anna@big-company.com" };
        value(await store.directory.addAlias(alias));
        expectProblem(await store.directory.addAlias(alias), "exists");
        expectProblem(
          await store.directory.addAlias({ ...alias, address: "info@big-company.org" }),
          "not-found",
        );
        expectProblem(await store.directory.removeAlias("sales@big-company.com"), "not-found");
      });
    });
  });
}

function mailboxOf(localPart: string): NewMailbox {
  const address = `${localPart}@${here.name}`;
  return { address, domain: here.name, admitted: true, passwordHash: null, quota: null };
}
