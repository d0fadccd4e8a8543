import { useCallback, useEffect, useState } from "react";
import type { SessionView } from "#http/access/sessions";
import { ask, onSessionEnd, rememberCsrfToken, Trouble } from "./client.ts";

/** Whether somebody is signed in: not known yet, nobody (and whether a session has just ended), or this one. */
export type Session =
  | { readonly state: "unknown" }
  | { readonly state: "nobody"; readonly hasEnded: boolean }
  | { readonly state: "somebody"; readonly who: SessionView };

export interface SessionControl {
  readonly session: Session;
  readonly begin: (who: SessionView) => void;
  readonly signOut: () => void;
}

/** The session of this browser. While the server cannot be reached it goes on asking. */
export function useSession(): SessionControl {
  const [session, setSession] = useState<Session>({ state: "unknown" });
  const begin = useCallback((who: SessionView) => {
    rememberCsrfToken(who.csrfToken);
    setSession({ state: "somebody", who });
  }, []);
  useEffect(() => {
    onSessionEnd(() => setSession((before) => ({ state: "nobody", hasEnded: before.state === "somebody" })));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      ask<SessionView>("/session").then(begin, (error: unknown) => {
        if (error instanceof Trouble && error.kind === "no-session") return;
        timer = setTimeout(look, 1000);
      });
    };
    look();
    return () => clearTimeout(timer);
  }, [begin]);
  const signOut = useCallback(() => {
    const over = () => setSession({ state: "nobody", hasEnded: false });
    ask("/session", "DELETE").then(over, over);
  }, []);
  return { session, begin, signOut };
}
