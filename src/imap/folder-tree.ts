import type { Folder } from "#mailbox/folder";

/** One name of the hierarchy. */
export interface FolderNode {
  readonly name: string;
  /** Null for a name that is there only because others are below it. */
  readonly folder: Folder | null;
  readonly hasChildren: boolean;
  /** Whether a folder somewhere below it is subscribed, or has a special use. */
  readonly below: { readonly subscribed: boolean; readonly specialUse: boolean };
}

/** All names of a mailbox, those between included, INBOX first and each before what is below it. */
export function folderTree(folders: readonly Folder[]): readonly FolderNode[] {
  const nodes = new Map<string, { folder: Folder | null; children: Folder[] }>();
  const at = (name: string) => {
    const node = nodes.get(name) ?? { folder: null, children: [] };
    nodes.set(name, node);
    return node;
  };
  for (const folder of folders) {
    at(folder.name).folder = folder;
    for (let end = folder.name.lastIndexOf("/"); end > 0; end = folder.name.lastIndexOf("/", end - 1))
      at(folder.name.slice(0, end)).children.push(folder);
  }
  return [...nodes]
    .map(([name, { folder, children }]) => ({
      name,
      folder,
      hasChildren: children.length > 0,
      below: {
        subscribed: children.some((child) => child.subscribed),
        specialUse: children.some((child) => child.specialUse !== null),
      },
    }))
    .sort((a, b) => order(a.name, b.name));
}

function order(a: string, b: string): number {
  const [keyA, keyB] = [sortKey(a), sortKey(b)];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

/** A separator sorts before every character, and INBOX before every name. */
function sortKey(name: string): string {
  const isInbox = name === "INBOX" || name.startsWith("INBOX/");
  return (isInbox ? "\0" : "\x01") + name.replaceAll("/", "\0");
}
