/**
 * What holds guessing back. Failures alone are counted, and the same wrong pair counts once: an office sits
 * behind one address, and one stale phone in it must not lock out the others.
 */
import { addressGroup, FailureCounter } from "#net/limits";
import { RememberedPairs } from "./remembered-pairs.ts";

const minute = 60_000;

export interface GuessingLimitSettings {
  /** Different wrong pairs within 15 minutes from one IP address, or for one mailbox from everywhere. */
  readonly failuresPerPeer: number;
  readonly failuresPerAddress: number;
  /** The same from a whole network (/24 of IPv4, /48 of IPv6); peers from which somebody logged in well are not held to it. */
  readonly failuresPerNetwork: number;
  /** Different wrong passwords of one person that reach the old server within 15 minutes. */
  readonly wrongPerAddressToOldServer: number;
  /** The same for a whole domain; peers from which somebody logged in well within a day are not held to it. */
  readonly wrongPerDomainToOldServer: number;
}

export const usualGuessingLimits: GuessingLimitSettings = {
  failuresPerPeer: 100,
  failuresPerAddress: 50,
  failuresPerNetwork: 300,
  wrongPerAddressToOldServer: 3,
  wrongPerDomainToOldServer: 300,
};

/** Who shows a password for whom. */
export interface Guess {
  readonly peerAddress: string;
  /** As a key; for a name that is nobody's, the name. */
  readonly address: string;
}

export class GuessingLimits {
  readonly #settings: GuessingLimitSettings;
  readonly #byPeer: FailureCounter;
  readonly #byAddress: FailureCounter;
  readonly #byNetwork: FailureCounter;
  readonly #toOldServerByAddress: FailureCounter;
  readonly #toOldServerByDomain: FailureCounter;
  /** Different passwords of one address that are with the old server right now. */
  readonly #asking = new Map<string, number>();
  readonly #trustedPeers: RememberedPairs;

  /** @param clock epoch milliseconds */
  constructor(settings: GuessingLimitSettings, clock: () => number) {
    const counter = (failures: number): FailureCounter =>
      new FailureCounter({ failures, windowMilliseconds: 15 * minute, capacity: 100_000 }, clock);
    this.#settings = settings;
    this.#byPeer = counter(settings.failuresPerPeer);
    this.#byAddress = counter(settings.failuresPerAddress);
    this.#byNetwork = counter(settings.failuresPerNetwork);
    this.#toOldServerByAddress = counter(settings.wrongPerAddressToOldServer);
    this.#toOldServerByDomain = counter(settings.wrongPerDomainToOldServer);
    const day = { milliseconds: 24 * 60 * minute, capacity: 100_000, renews: false };
    this.#trustedPeers = new RememberedPairs(day, clock);
  }

  /** For how many milliseconds nothing from this peer, or for this address, is looked at; 0: it is. */
  blockedFor({ peerAddress, address }: Guess): number {
    const peer = addressGroup(peerAddress);
    // Guessing at somebody from elsewhere does not lock them out where they work.
    const isTrusted = this.#trustedPeers.has(peer);
    const byAddress = isTrusted ? 0 : this.#byAddress.blockedFor(address);
    const byNetwork = isTrusted ? 0 : this.#byNetwork.blockedFor(networkOf(peer));
    return Math.max(this.#byPeer.blockedFor(peer), byAddress, byNetwork);
  }

  /** A wrong pair that was not remembered. */
  wrong({ peerAddress, address }: Guess): void {
    const peer = addressGroup(peerAddress);
    this.#byPeer.fail(peer);
    this.#byNetwork.fail(networkOf(peer));
    this.#byAddress.fail(address);
  }

  good({ peerAddress, address }: Guess): void {
    this.#byAddress.forget(address);
    this.#trustedPeers.note(addressGroup(peerAddress));
  }

  /**
   * Whether the old server may be asked about one more password of this person. If so, those being asked about
   * count as wrong until `asked` is called: several at once must not slip through together.
   */
  mayAsk({ peerAddress, address }: Guess, domain: string): boolean {
    const asking = this.#asking.get(address) ?? 0;
    const wrong = this.#toOldServerByAddress.count(address);
    if (wrong + asking >= this.#settings.wrongPerAddressToOldServer) return false;
    const isTrusted = this.#trustedPeers.has(addressGroup(peerAddress));
    if (!isTrusted && this.#toOldServerByDomain.isBlocked(domain)) return false;
    this.#asking.set(address, asking + 1);
    return true;
  }

  /**
   * Whether one more wrong password of somebody who is here may be called wrong: as often as for those whom the old
   * server judges.
   */
  mayBeRefused({ address }: Guess): boolean {
    if (this.#toOldServerByAddress.count(address) >= this.#settings.wrongPerAddressToOldServer) return false;
    this.#toOldServerByAddress.fail(address);
    return true;
  }

  /** The old server has answered, or could not. */
  asked({ address }: Guess, domain: string, wasWrong: boolean): void {
    const asking = (this.#asking.get(address) ?? 1) - 1;
    if (asking > 0) this.#asking.set(address, asking);
    else this.#asking.delete(address);
    if (!wasWrong) return;
    this.#toOldServerByAddress.fail(address);
    this.#toOldServerByDomain.fail(domain);
  }
}

/** The network that a group of addresses lies in: 256 of IPv4, 65,536 groups of IPv6. */
function networkOf(group: string): string {
  if (!group.includes(":")) return `${group.slice(0, group.lastIndexOf("."))}.0/24`;
  return `${group.split(":").slice(0, 3).join(":")}::/48`;
}
