/** Plugs together what one person's way back touches: routing, the queue, sessions, and the old server. */
import type { DirectoryStore } from "#directory/directory-store";
import type { ReturnAdministration } from "#http/returns";
import { addressKey, formatAddress, parseAddress } from "#mail/address";
import { pipedAddress } from "#mail/pipe";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import { type ReturnTimes, usualReturnTimes, type WayOut } from "#migration/return/return-tools";
import { Returns } from "#migration/return/returns";
import type { TransferTools } from "#migration/transfer/transfer-tools";
import type { RecipientCheck } from "#routing/recipient-check";
import type { Store } from "#store/sqlite/open";

export interface ReturnParts {
  readonly store: Pick<Store, "returns" | "directory" | "mail" | "cutovers">;
  /** What transfers work with. */
  readonly tools: TransferTools;
  readonly transfers: { leave(mailbox: MailboxId): Promise<void> };
  readonly check: Pick<RecipientCheck, "ask">;
  readonly endSessions: (mailbox: MailboxId) => void;
  readonly wakeQueue: () => void;
  readonly times?: ReturnTimes;
}

export interface ReturnRoom extends AsyncDisposable {
  readonly administration: ReturnAdministration;
  readonly returns: Returns;
}

/** It goes on with nothing before `returns.start`. */
export function openReturns(parts: ReturnParts): ReturnRoom {
  const { store, tools, transfers, check, times = usualReturnTimes } = parts;
  const returns = new Returns({
    ...tools,
    store: store.returns,
    read: (content) => store.mail.read(content),
    mailbox: (address) => store.directory.mailbox(address),
    wayOut: (address) => wayOut(store.directory, check, address),
    async isCuttingOver(domain) {
      const cutover = await store.cutovers.cutover(domain);
      return cutover?.state === "running" || cutover?.state === "undoing";
    },
    endSessions: parts.endSessions,
    leave: (mailbox) => transfers.leave(mailbox),
    wakeQueue: parts.wakeQueue,
    times,
  });
  return {
    returns,
    administration: returns,
    [Symbol.asyncDispose]: () => returns[Symbol.asyncDispose](),
  };
}

/** Where routing takes mail for an address of which there is no admitted mailbox and no alias. */
async function wayOut(
  directory: DirectoryStore,
  check: Pick<RecipientCheck, "ask">,
  given: string,
): Promise<Outcome<WayOut>> {
  const address = parseAddress(given);
  const domain = address && (await directory.domain(address.domain));
  if (!address || domain?.kind !== "local")
    return failed("not-found", `${given} is in no local domain here.`);
  const rule = domain.unknownUsers;
  if (rule.rule !== "pipe") {
    return failed(
      "not-permitted",
      `Mail for unknown users of ${domain.name} is not piped to the old server: set that first.`,
    );
  }
  const { route } = rule.pipe;
  const remote = await directory.domain(route);
  if (remote?.kind !== "remote") return failed("not-found", `There is no remote domain ${route}.`);
  if (remote.deliver === "hold") {
    return failed(
      "not-permitted",
      `The remote domain ${route} holds its mail: nothing would reach the old server.`,
    );
  }
  if ((await directory.aliasTargets(addressKey(address))).length > 0) {
    return failed("in-use", `${given} is an alias as well, which its mail would take: remove that first.`);
  }
  const recipient = formatAddress(pipedAddress(rule.pipe, address));
  const answer = await check.ask(route, recipient);
  if (answer.answer === "no-such-mailbox") {
    return failed(
      "not-permitted",
      `The old server does not know ${recipient} any more: ${answer.refusal.text}`,
    );
  }
  if (answer.answer === "policy") {
    return failed("not-permitted", `The old server takes no mail from here: ${answer.reply}`);
  }
  return done({ route, recipient });
}
