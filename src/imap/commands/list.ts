import type { SpecialUse } from "#mailbox/folder";
import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { statusResponse } from "../folder-status.ts";
import { type FolderNode, folderTree } from "../folder-tree.ts";
import { type ListArguments, listArguments, lsubArguments } from "../grammar/list.ts";
import { ListPattern } from "../list-pattern.ts";
import { mailboxName } from "../printer.ts";
import { ok, problemReply, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";

const states = ["authenticated", "selected"] as const;
const specialUses: Readonly<Record<SpecialUse, string | null>> = {
  inbox: null,
  sent: "\\Sent",
  drafts: "\\Drafts",
  junk: "\\Junk",
  trash: "\\Trash",
  archive: "\\Archive",
};

/** LIST (RFC 3501 §6.3.8, RFC 5258, RFC 5819, RFC 6154, RFC 3348) */
export const list = command({
  name: "LIST",
  states,
  capabilities: () => ["CHILDREN", "SPECIAL-USE", "LIST-EXTENDED", "LIST-STATUS"],
  parse: listArguments,
  run: (session, given, client) => {
    const [pattern] = given.patterns;
    if (pattern === "" && !given.isExtended) return tellSeparator(client);
    return withTree(session, client, given, async (nodes) => {
      for (const node of nodes.filter((one) => isListed(one, given))) {
        client.tell(
          `LIST (${attributesOf(node, given).join(" ")}) "/" ${mailboxName(node.name)}${childInfo(node, given)}`,
        );
        if (given.status && node.folder) await tellStatus(session, node, given.status, client);
        await client.breathe();
      }
      return ok("That is all.");
    });
  },
});

/** LSUB (RFC 3501 §6.3.9) */
export const lsub = command({
  name: "LSUB",
  states,
  parse: lsubArguments,
  run: (session, { reference, pattern }, client) =>
    withTree(session, client, { reference, patterns: [pattern] }, async (nodes) => {
      for (const { name, isSubscribed, below } of nodes) {
        // A name above a subscribed one is told as well, because a pattern with % would hide that one.
        if (isSubscribed) client.tell(`LSUB () "/" ${mailboxName(name)}`);
        else if (below.subscribed && pattern.includes("%"))
          client.tell(`LSUB (\\Noselect) "/" ${mailboxName(name)}`);
        await client.breathe();
      }
      return ok("That is all.");
    }),
});

/** What is asked with an empty pattern: how levels are separated. */
async function tellSeparator(client: Client): Promise<Reply> {
  client.tell('LIST (\\Noselect) "/" ""');
  return ok("That is all.");
}

/** Runs with the names that one of the patterns matches. Many names and many patterns take long: others have their turn. */
async function withTree(
  session: Session,
  client: Client,
  { reference, patterns }: Pick<ListArguments, "reference" | "patterns">,
  run: (nodes: readonly FolderNode[]) => Promise<Reply>,
): Promise<Reply> {
  const mailbox = await session.whenReady();
  if (!mailbox.ok) return problemReply(mailbox.problem);
  const { store } = session.services;
  const tree = folderTree(await store.folders(mailbox.value), await store.subscriptions(mailbox.value));
  const matchers = patterns.map((pattern) => new ListPattern(reference + pattern));
  const matched: FolderNode[] = [];
  for (const node of tree) {
    for (const matcher of matchers) {
      const isMatch = matcher.matches(node.name);
      await client.breathe();
      if (!isMatch) continue;
      matched.push(node);
      break;
    }
  }
  return run(matched);
}

/** Whether a name is what LIST selects (RFC 5258 §3.1). Names that are only subscribed are told of where that is asked. */
function isListed(node: FolderNode, { select }: ListArguments): boolean {
  const { below } = node;
  if (!node.isThere && !select.has("SUBSCRIBED")) return false;
  const isSubscribed = !select.has("SUBSCRIBED") || node.isSubscribed;
  const isSpecial = !select.has("SPECIAL-USE") || specialUseOf(node) !== null;
  if (isSubscribed && isSpecial) return true;
  if (!select.has("RECURSIVEMATCH")) return false;
  return (select.has("SUBSCRIBED") && below.subscribed) || (select.has("SPECIAL-USE") && below.specialUse);
}

function attributesOf(node: FolderNode, { select, give, isExtended }: ListArguments): readonly string[] {
  const { folder, hasChildren, isSubscribed } = node;
  const attributes = [hasChildren ? "\\HasChildren" : "\\HasNoChildren"];
  if (!folder) attributes.unshift(...(isExtended ? ["\\NonExistent", "\\Noselect"] : ["\\Noselect"]));
  if (isSubscribed && (select.has("SUBSCRIBED") || give.has("SUBSCRIBED"))) attributes.push("\\Subscribed");
  const use = specialUseOf(node);
  return use === null ? attributes : [...attributes, use];
}

function specialUseOf({ folder }: FolderNode): string | null {
  return folder?.specialUse ? specialUses[folder.specialUse] : null;
}

/** RFC 5258 §3.5 */
function childInfo({ below }: FolderNode, { select }: ListArguments): string {
  if (!select.has("RECURSIVEMATCH")) return "";
  const found = [
    ...(select.has("SUBSCRIBED") && below.subscribed ? ['"SUBSCRIBED"'] : []),
    ...(select.has("SPECIAL-USE") && below.specialUse ? ['"SPECIAL-USE"'] : []),
  ];
  return found.length === 0 ? "" : ` ("CHILDINFO" (${found.join(" ")}))`;
}

/** RFC 5819 §2: a folder whose status cannot be told is listed without. */
async function tellStatus(
  session: Session,
  { folder }: FolderNode,
  items: NonNullable<ListArguments["status"]>,
  client: Client,
): Promise<void> {
  if (!folder) return;
  const response = await statusResponse(session.services.store, folder, items, session.settings.maxMessage);
  if (response.ok) client.tell(response.value);
}
