/** Logging in as the migration will: PASS and STAT must both work, and a lock or a delay is waited out for a while. */
import { fillIn, loginNames, type WorkingForms } from "../old-server/login-names.ts";
import type { Trouble } from "../old-server/old-server.ts";
import { loginDelayOf, passIn } from "../old-server/pop3-old-server.ts";
import { troubleOfError, troubleOfRefusal } from "../old-server/pop3-trouble.ts";
import { type Caller, callSecurely, type Door } from "./caller.ts";
import { type LoginFacts, words } from "./facts.ts";
import type { RehearsalTools, TestLogin } from "./tools.ts";

/** One try with one name. */
export type Entrance =
  | { readonly outcome: "good"; readonly caller: Caller; readonly stat: string }
  | {
      readonly outcome: "bad" | "hollow" | "cannot-tell";
      readonly said: string;
      readonly trouble: Trouble | null;
    };

/** Connects and logs in with one name; the connection is ended unless it is good. */
export async function enter(door: Door, name: string, password: Uint8Array): Promise<Entrance> {
  let caller: Caller | null = null;
  try {
    caller = await callSecurely(door);
    if (caller.capabilities.has("UTF8")) await caller.client.command("UTF8");
    const passed = await passIn(caller.client, name, password, caller.capabilities);
    const stat = passed.ok ? await caller.client.command("STAT") : null;
    if (stat?.ok) return { outcome: "good", caller, stat: stat.text };
    const refusal = stat ?? passed;
    await caller.leave();
    const said = words(refusal.code ? `[${refusal.code}] ${refusal.text}` : refusal.text);
    const trouble = troubleOfRefusal(refusal);
    if (trouble !== "bad" && trouble !== "no-passwords") return { outcome: "cannot-tell", said, trouble };
    return { outcome: stat ? "hollow" : "bad", said, trouble: null };
  } catch (error) {
    caller?.hangUp();
    const { trouble, reason } = troubleOfError(error);
    return { outcome: "cannot-tell", said: words(reason), trouble };
  }
}

/** The same, tried again after pauses where something else than the password is in the way. */
export async function enterPatiently(
  door: Door,
  name: string,
  password: Uint8Array,
  { pause, limits }: Pick<RehearsalTools, "pause" | "limits">,
): Promise<{
  readonly entrance: Entrance;
  readonly retries: number;
  readonly heldUp: string | null;
  readonly waited: number;
}> {
  let heldUp: string | null = null;
  const began = performance.now();
  for (let retries = 0; ; retries++) {
    const entrance = await enter(door, name, password);
    const waited = performance.now() - began;
    const wait = limits.pauses[retries];
    if (
      entrance.outcome !== "cannot-tell" ||
      wait === undefined ||
      !passes(entrance.trouble) ||
      door.signal.aborted
    )
      return { entrance, retries, heldUp, waited };
    heldUp = entrance.said;
    await pause(wait, door.signal);
  }
}

/** What may be over in a few seconds. A stated delay between logins is a matter of minutes. */
function passes(trouble: Trouble | null): boolean {
  return trouble === "locked" || trouble === "turned-away" || trouble === "down" || trouble === "dropped";
}

/** Logs a person in by the forms of name that the address of the old server allows. */
export async function probeLogin(
  door: Door,
  login: TestLogin,
  forms: WorkingForms,
  tools: Pick<RehearsalTools, "pause" | "limits">,
): Promise<{ readonly facts: LoginFacts; readonly caller: Caller | null; readonly stat: string }> {
  const { server } = door;
  const key = `${server.host}:${server.port}`;
  const refusedNames: string[] = [];
  const names = loginNames(server, { address: login.address, loginName: null }, forms.get(key) ?? null);
  for (const [at, [form, name]] of names.entries()) {
    const began = performance.now();
    const { entrance, retries, heldUp } = await enterPatiently(door, name, login.password, tools);
    const milliseconds = retries === 0 ? Math.round(performance.now() - began) : 0;
    const tried = { name, form, refusedNames: [...refusedNames], retries, heldUp, milliseconds };
    if (entrance.outcome === "good") {
      forms.set(key, form);
      const facts = { ...tried, outcome: "good", said: "", trouble: null } as const;
      return { facts, caller: entrance.caller, stat: entrance.stat };
    }
    if (entrance.outcome !== "bad" || at === names.length - 1) {
      const { outcome, said, trouble } = entrance;
      return { facts: { ...tried, outcome, said, trouble }, caller: null, stat: "" };
    }
    refusedNames.push(name);
  }
  throw new Error("there is always a name to try");
}

/** How long the server wants between two logins, in milliseconds; 0 where it does not say. */
export function delayOf(caller: Caller): number {
  return loginDelayOf(caller.capabilities);
}

/** The name that a person's form makes. */
export function nameOf(form: string, address: string): string {
  return fillIn(form, address);
}
