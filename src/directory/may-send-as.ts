import { type Address, addressKey, splitSubAddress } from "#mail/address";
import type { DirectoryStore } from "./directory-store.ts";
import { localAddress } from "./resolve.ts";

/**
 * Whether the owner of a mailbox may use an address as reverse-path: its own address, one that leads to it by
 * an alias or an alias domain, or a sub-address of these.
 * @param owner the mailbox's address as a key
 */
export async function maySendAs(
  directory: DirectoryStore,
  owner: string,
  address: Address,
): Promise<boolean> {
  const local = await localAddress(directory, address);
  if (!local) return false;
  const base = splitSubAddress(local.address);
  for (const candidate of base ? [local.address, base] : [local.address]) {
    const key = addressKey(candidate);
    if (key === owner || (await directory.aliasTargets(key)).includes(owner)) return true;
  }
  return false;
}
