import { Center, Loader } from "@mantine/core";
import { useSession } from "./api/session.ts";
import { DomainPage } from "./pages/domain.tsx";
import { Overview } from "./pages/overview.tsx";
import { SetUp } from "./pages/set-up.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { Frame } from "./parts/frame.tsx";
import { useRoute } from "./route.ts";

/** Which page somebody sees: to begin, to sign in, or what they asked for. */
export function App() {
  const { session, begin, signOut } = useSession();
  const route = useRoute();
  if (route.page === "set-up" && session.state !== "somebody")
    return <SetUp token={route.token} onDone={begin} />;
  switch (session.state) {
    case "unknown":
      return (
        <Center h="100vh">
          <Loader aria-label="…" />
        </Center>
      );
    case "nobody":
      return <SignIn hasEnded={session.hasEnded} onDone={begin} />;
    case "somebody":
      return (
        <Frame who={session.who} onSignOut={signOut}>
          {route.page === "domain" ? (
            <DomainPage key={route.domain} domain={route.domain} />
          ) : (
            <Overview who={session.who} />
          )}
        </Frame>
      );
  }
}
