import { Center, Loader } from "@mantine/core";
import type { MySessionView } from "#http/my/session";
import { useSession } from "../api/session.ts";
import { words } from "../words/common.ts";
import { MyPage } from "./my-page.tsx";
import { MySignIn } from "./sign-in.tsx";

/** A person's own page, or the sign-in before it. While the server cannot be reached it goes on asking. */
export function MyApp() {
  const { session, begin, signOut } = useSession<MySessionView>("/my/session");
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
