import { Center, Loader } from "@mantine/core";
import { Suspense } from "react";
import type { SessionView } from "#http/access/sessions";
import { useSession } from "./api/session.ts";
import { Overview } from "./pages/overview.tsx";
import { SetUp } from "./pages/set-up.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { pages } from "./pages.tsx";
import { Frame } from "./parts/frame.tsx";
import { PageFailed } from "./parts/page-failed.tsx";
import { useRoute } from "./route.ts";
import { words } from "./words/common.ts";

/** Which page somebody sees: to begin, to sign in, or what they asked for. */
export function App() {
  const { session, begin, signOut } = useSession<SessionView>("/session");
  const route = useRoute();
  if (route.page === "set-up" && session.state !== "somebody")
    return <SetUp token={route.subject} onDone={begin} />;
  switch (session.state) {
    case "unknown":
      return <Waiting height="100vh" />;
    case "nobody":
      return <SignIn hasEnded={session.hasEnded} onDone={begin} />;
    case "somebody": {
      const Page = pages[route.page] ?? Overview;
      const subject = "subject" in route ? route.subject : "";
      const key = `${route.page} ${subject}`;
      return (
        <Frame who={session.who} route={route} onSignOut={signOut}>
          <PageFailed key={key}>
            <Suspense fallback={<Waiting height="50vh" />}>
              <Page who={session.who} subject={subject} />
            </Suspense>
          </PageFailed>
        </Frame>
      );
    }
  }
}

function Waiting({ height }: { height: string }) {
  return (
    <Center h={height}>
      <Loader aria-label={words.frame.loading} />
    </Center>
  );
}
