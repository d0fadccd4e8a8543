import { expect, it } from "vitest";
import { afterSessionEnd, type Session } from "./session.ts";

it("a session that ended is told however many questions were under way, and nobody's never began", () => {
  const somebody: Session<string> = { state: "somebody", who: "carol" };
  const ended = afterSessionEnd(somebody);
  expect(ended).toEqual({ state: "nobody", hasEnded: true });
  expect(afterSessionEnd(ended)).toEqual({ state: "nobody", hasEnded: true });
  const never = afterSessionEnd<string>({ state: "unknown" });
  expect(never).toEqual({ state: "nobody", hasEnded: false });
  expect(afterSessionEnd(never)).toEqual({ state: "nobody", hasEnded: false });
});
