/** What a cutover would do if it began now, in numbers, and what is in the way; it changes nothing. */
import type { UnknownUsers } from "#directory/domain";
import { allTransfers } from "../check.ts";
import type { Homeless } from "../people/people.ts";
import { type Blocker, blockersOf } from "./blockers.ts";
import type { Cutover } from "./cutover.ts";
import type { CutoverTools } from "./tools.ts";

export interface CutoverPlan {
  readonly domain: string;
  readonly isMigrating: boolean;
  /** Of the domain as it is now; null where it is no local domain here. */
  readonly unknownUsers: UnknownUsers | null;
  /** The remote domain that would be parked; null where unknown users are not piped. */
  readonly route: string | null;
  /** Everybody who has come: their mailboxes, and what is listed of them on the old server. */
  readonly moved: { readonly mailboxes: number; readonly messages: number; readonly octets: number };
  /** Who has no home here though they should have one, and how many of them got mail within a week. */
  readonly notMoved: { readonly people: number; readonly withRecentMail: number };
  /** Recipients whose mail waits to go to the old server. */
  readonly queued: number;
  /** In address order within each kind; none where the domain does not migrate. */
  readonly blockers: readonly Blocker[];
  /** The last cutover; null when there was none. */
  readonly last: Cutover | null;
}

export interface PlanTools extends Pick<CutoverTools, "store" | "ledger" | "domains" | "outbound" | "clock"> {
  readonly people: CutoverTools["people"] & {
    /** Everybody who has no home here, as far as is known without reading mail. */
    homeless(domain: string): Promise<readonly Pick<Homeless, "address" | "lastMail">[]>;
  };
}

/** Mail that came so long ago at most is recent. Milliseconds. */
const recently = 7 * 24 * 3_600_000;

/** Looks at everything that a cutover of the domain would touch. */
export async function planCutover(tools: PlanTools, domain: string): Promise<CutoverPlan> {
  const { store, ledger, domains, outbound, people, clock } = tools;
  const isMigrating = (await ledger.migration(domain)) !== null;
  const unknownUsers = await domains.unknownUsers(domain);
  const transfers = await allTransfers(ledger, domain);
  const blockers = isMigrating ? await blockersOf(tools, domain) : [];
  const absent = new Set(
    blockers.filter(({ kind }) => kind === "not-come" || kind === "prepared").map(({ address }) => address),
  );
  const recent = (await people.homeless(domain)).filter(
    ({ address, lastMail }) => absent.has(address) && lastMail !== null && lastMail > clock.now() - recently,
  );
  const sum = (of: (transfer: (typeof transfers)[number]) => number) =>
    transfers.reduce((total, transfer) => total + of(transfer), 0);
  return {
    domain,
    isMigrating,
    unknownUsers,
    route: unknownUsers?.rule === "pipe" ? unknownUsers.pipe.route : null,
    moved: {
      mailboxes: transfers.length,
      messages: sum(({ messages }) => messages),
      octets: sum(({ octets }) => octets),
    },
    notMoved: { people: absent.size, withRecentMail: recent.length },
    queued: await outbound.waitingOf(domain),
    blockers,
    last: await store.cutover(domain),
  };
}
