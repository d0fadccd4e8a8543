/** Who looks on at what changes: which topics they may know of, and until when. */
import type { Administrator, AdministratorStore } from "../access/administrator.ts";
import type { Visitor } from "../access/gate.ts";
import { isPermitted } from "../access/roles.ts";
import { secretHash } from "../access/secret.ts";

export interface Onlooker {
  /** Streams are counted by it: the session or the token. */
  readonly key: string;
  readonly maySee: (topic: string) => boolean;
  /** Whether the session or the token still holds. */
  readonly isStillThere: () => Promise<boolean>;
}

/** Whoever may open the control socket. */
const ownerOfTheSocket: Onlooker = {
  key: "control socket",
  maySee: () => true,
  isStillThere: async () => true,
};

const onlookers = new WeakMap<Request, Onlooker>();

/** Notes who makes a request, before it comes to the API. */
export function asOnlooker(request: Request, onlooker: Onlooker): Request {
  onlookers.set(request, onlooker);
  return request;
}

/** Whoever made one request made the other: reading a body puts another request in its place. */
export function sameOnlooker(asked: Request, now: Request): void {
  const onlooker = onlookers.get(asked);
  if (onlooker) onlookers.set(now, onlooker);
}

export function onlookerOf(request: Request): Onlooker {
  return onlookers.get(request) ?? ownerOfTheSocket;
}

/** Of a topic somebody may know who may ask for what it is about. */
export function maySee(administrator: Administrator, topic: string): boolean {
  if (administrator.role === "administrator") return true;
  const colon = topic.indexOf(":");
  const [noun, name] = [topic.slice(0, colon), topic.slice(colon + 1)];
  const resource = { domain: "domains", migration: "migrations", mailbox: "mailboxes" }[noun];
  if (resource === undefined) return false;
  return isPermitted(administrator, { method: "GET", path: [resource, name], body: undefined });
}

/** The onlooker that somebody is who came through the gate. */
export function onlookerAt(
  { administrator, key, secret }: Visitor,
  store: Pick<AdministratorStore, "keyOf">,
  now: () => number,
): Onlooker {
  return {
    key: key.id,
    maySee: (topic) => maySee(administrator, topic),
    isStillThere: async () => (await store.keyOf(secretHash(secret), now())) !== null,
  };
}
