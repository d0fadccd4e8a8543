import type { Folder } from "#mailbox/folder";

/** One name of the hierarchy. */
export interface FolderNode {
  readonly name: string;
  /** Null for a name that no folder has: others are below it, or it is subscribed. */
  readonly folder: Folder | null;
  readonly isSubscribed: boolean;
  /** Whether it or a name below it is a folder's; else somebody once had one and is subscribed to it still. */
  readonly isThere: boolean;
  readonly hasChildren: boolean;
  /** Whether a name somewhere below it is subscribed, or a folder there has a special use. */
  readonly below: { readonly subscribed: boolean; readonly specialUse: boolean };
}

type Growing = { -readonly [Key in keyof Omit<FolderNode, "below">]: FolderNode[Key] } & {
  below: { subscribed: boolean; specialUse: boolean };
};

/** All names of a mailbox, those between included, INBOX first and each before what is below it. */
export function folderTree(
  folders: readonly Folder[],
  subscriptions: readonly string[],
): readonly FolderNode[] {
  const nodes = new Map<string, Growing>();
  for (const folder of folders) {
    Object.assign(nodeAt(nodes, folder.name), { folder, isThere: true });
    for (const above of namesAbove(folder.name)) {
      const node = nodeAt(nodes, above);
      node.isThere = true;
      node.hasChildren = true;
      node.below.specialUse ||= folder.specialUse !== null;
    }
  }
  for (const name of subscriptions) {
    nodeAt(nodes, name).isSubscribed = true;
    for (const above of namesAbove(name)) nodeAt(nodes, above).below.subscribed = true;
  }
  return [...nodes.values()]
    .map((node) => ({ node, key: sortKey(node.name) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ node }) => node);
}

function nodeAt(nodes: Map<string, Growing>, name: string): Growing {
  const known = nodes.get(name);
  if (known) return known;
  const node: Growing = {
    name,
    folder: null,
    isSubscribed: false,
    isThere: false,
    hasChildren: false,
    below: { subscribed: false, specialUse: false },
  };
  nodes.set(name, node);
  return node;
}

function* namesAbove(name: string): Generator<string> {
  for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1))
    yield name.slice(0, end);
}

/** A separator sorts before every character, and INBOX before every name. */
function sortKey(name: string): string {
  const isInbox = name === "INBOX" || name.startsWith("INBOX/");
  return (isInbox ? "\0" : "\x01") + name.replaceAll("/", "\0");
}
