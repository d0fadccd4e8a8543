/** Is that us? A server that relays to itself, or migrates from itself, turns in a circle. */
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";

/** Where one of our listeners is bound. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Every address of this machine, as it stands now. */
export function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(
    (entries) => entries?.map(({ address }) => address) ?? [],
  );
}

/**
 * The same, remembered for so many milliseconds: asking takes a good part of one, and every delivery wants to know.
 * @param now epoch milliseconds
 */
export function rememberedAddresses(
  milliseconds: number,
  now: () => number,
  ask = machineAddresses,
): () => readonly string[] {
  let [addresses, asked]: [readonly string[], number] = [[], Number.NEGATIVE_INFINITY];
  return () => {
    // A clock that was set back does not make us remember for ever.
    if (Math.abs(now() - asked) >= milliseconds) [addresses, asked] = [ask(), now()];
    return addresses;
  };
}

/**
 * Whether a connection to an IP address and port would reach one of our listeners.
 * @param machine all addresses of this machine, for listeners bound to every one of them
 */
export function isOurs(
  target: Endpoint,
  listeners: readonly Endpoint[],
  machine: readonly string[],
): boolean {
  if (!listeners.some(({ port }) => port === target.port)) return false;
  const address = plain(target.host);
  const here = machine.map(plain).includes(address) || isLoopback(address) || isUnspecified(address);
  return listeners.some(({ host, port }) => {
    if (port !== target.port) return false;
    const bound = plain(host);
    return bound === address || (here && (isUnspecified(bound) || isUnspecified(address)));
  });
}

/** One spelling for each address: URL parsing shortens IPv6 as RFC 5952 wants it. */
function plain(address: string): string {
  const bare = address.replace(/^\[|\]$|%.*$/g, "").toLowerCase();
  if (isIPv4(bare) || !bare.includes(":")) return bare;
  const shortened = URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1) ?? bare;
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortened);
  if (!mapped) return shortened;
  const bits = Number.parseInt(mapped[1] ?? "", 16) * 65536 + Number.parseInt(mapped[2] ?? "", 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
}

function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}

function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}
