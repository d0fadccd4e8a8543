import type { DirectoryStore } from "#directory/directory-store";
import { localAddress } from "#directory/resolve";
import { addressKey, parseAddress } from "#mail/address";

/** Whom a login name means. */
export interface LoginAddress {
  /** As a key, in the local domain. */
  readonly address: string;
  readonly domain: string;
}

/**
 * The address behind a login name: a bare name is in the default domain, an alias domain stands for its local
 * one. Null if the name cannot be anybody's here. Other aliases do not log in: their mail may go to several.
 */
export async function loginAddress(
  name: string,
  defaultDomain: string | null,
  directory: Pick<DirectoryStore, "domain">,
): Promise<LoginAddress | null> {
  const full = name.includes("@") || defaultDomain === null ? name : `${name}@${defaultDomain}`;
  const address = parseAddress(full.trim());
  if (!address) return null;
  const local = await localAddress(directory, address);
  return local && { address: addressKey(local.address), domain: local.domain.name };
}
