/** From an address as somebody wrote it to the local domain that is responsible for it. */
import type { Address } from "#mail/address";
import type { DirectoryStore } from "./directory-store.ts";
import type { Domain, LocalDomain } from "./domain.ts";

/** An address in one of our local domains; the domain part is that of the local domain. */
export interface LocalAddress {
  readonly address: Address;
  readonly domain: LocalDomain;
}

/**
 * Follows an alias domain to its local domain.
 * @returns null when the address is in none of our local domains
 */
export async function localAddress(
  directory: Pick<DirectoryStore, "domain">,
  address: Address,
): Promise<LocalAddress | null> {
  let domain: Domain | null = await directory.domain(address.domain);
  if (domain?.kind === "alias") domain = await directory.domain(domain.target);
  if (domain?.kind !== "local") return null;
  return { domain, address: { localPart: address.localPart, domain: domain.name } };
}
