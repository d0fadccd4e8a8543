import { Center, Loader } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import type { MySessionView } from "#http/my/session";
import { ask, onSessionEnd, rememberCsrfToken, Trouble } from "../api/client.ts";
import { words } from "../words/common.ts";
import { MyPage } from "./my-page.tsx";
import { MySignIn } from "./sign-in.tsx";

type Session =
  | { readonly state: "unknown" }
  | { readonly state: "nobody"; readonly hasEnded: boolean }
  | { readonly state: "somebody"; readonly who: MySessionView };

/** A person's own page, or the sign-in before it. While the server cannot be reached it goes on asking. */
export function MyApp() {
  const [session, setSession] = useState<Session>({ state: "unknown" });
  const begin = useCallback((who: MySessionView) => {
    rememberCsrfToken(who.csrfToken);
    setSession({ state: "somebody", who });
  }, []);
  useEffect(() => {
    onSessionEnd(() => setSession((before) => ({ state: "nobody", hasEnded: before.state === "somebody" })));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      ask<MySessionView>("/my/session").then(begin, (error: unknown) => {
        if (error instanceof Trouble && error.kind === "no-session") return;
        timer = setTimeout(look, 1000);
      });
    };
    look();
    return () => clearTimeout(timer);
  }, [begin]);
  const signOut = useCallback(() => {
    const over = () => setSession({ state: "nobody", hasEnded: false });
    ask("/my/session", "DELETE").then(over, over);
  }, []);
  switch (session.state) {
    case "unknown":
      return (
        <Center h="100vh">
          <Loader aria-label={words.frame.loading} />
        </Center>
      );
    case "nobody":
      return <MySignIn hasEnded={session.hasEnded} onDone={begin} />;
    case "somebody":
      return <MyPage who={session.who} onSignOut={signOut} />;
  }
}
