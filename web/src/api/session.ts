import { useCallback, useEffect, useState } from "react";
import { ask, onSessionEnd, rememberCsrfToken, Trouble } from "./client.ts";

/** Whether somebody is signed in: not known yet, nobody (and whether a session has just ended), or this one. */
export type Session<Who> =
  | { readonly state: "unknown" }
  | { readonly state: "nobody"; readonly hasEnded: boolean }
  | { readonly state: "somebody"; readonly who: Who };

/** What the server's word that nobody is signed in makes of it; each question under way hears it for itself. */
export function afterSessionEnd<Who>(before: Session<Who>): Session<Who> {
  return before.state === "nobody" ? before : { state: "nobody", hasEnded: before.state === "somebody" };
}

export interface SessionControl<Who> {
  readonly session: Session<Who>;
  readonly begin: (who: Who) => void;
  readonly signOut: () => void;
}

/**
 * The session of this browser. While the server cannot be reached it goes on asking.
 * @param path where the API shows it: administrators and people have one each
 */
export function useSession<Who extends { readonly csrfToken: string }>(path: string): SessionControl<Who> {
  const [session, setSession] = useState<Session<Who>>({ state: "unknown" });
  const begin = useCallback((who: Who) => {
    rememberCsrfToken(who.csrfToken);
    setSession({ state: "somebody", who });
  }, []);
  useEffect(() => {
    onSessionEnd(() => setSession(afterSessionEnd));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      ask<Who>(path).then(begin, (error: unknown) => {
        if (error instanceof Trouble && error.kind === "no-session") return;
        timer = setTimeout(look, 1000);
      });
    };
    look();
    return () => clearTimeout(timer);
  }, [path, begin]);
  const signOut = useCallback(() => {
    const over = () => setSession({ state: "nobody", hasEnded: false });
    ask(path, "DELETE").then(over, over);
  }, [path]);
  return { session, begin, signOut };
}
