/** A random name with a random password: one failed login, the last thing that is done. */
import type { Door } from "./caller.ts";
import type { StrangerFacts } from "./facts.ts";
import { enter, nameOf } from "./login-probe.ts";

/** @param form how login names are made here */
export async function probeStranger(
  door: Door,
  domain: string,
  form: string,
  randomText: () => string,
): Promise<StrangerFacts> {
  const name = nameOf(form, `probe-${randomText()}@${domain}`);
  const entrance = await enter(door, name, Buffer.from(randomText()));
  if (entrance.outcome === "good") {
    await entrance.caller.leave();
    return { outcome: "let-in", said: "" };
  }
  const { outcome, said } = entrance;
  return { outcome: outcome === "bad" ? "refused" : outcome, said };
}
