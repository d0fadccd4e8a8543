import {
  ActionIcon,
  Anchor,
  Button,
  Container,
  Group,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import type { SessionView } from "#http/access/sessions";
import type { Route } from "../route.ts";
import { words } from "../words/common.ts";
import { DomainNavigation, MainNavigation } from "./navigation.tsx";

interface FrameProps {
  readonly who: SessionView;
  readonly route: Route;
  readonly onSignOut: () => void;
  readonly children: ReactNode;
}

/** What is around every page of somebody who is signed in. */
export function Frame({ who, route, onSignOut, children }: FrameProps) {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "light" ? "dark" : "light";
  const content = useRef<HTMLDivElement>(null);
  useNewPage(route, content);
  return (
    <>
      <button type="button" className="skip" onClick={() => content.current?.focus()}>
        {words.frame.skip}
      </button>
      <Container component="header" size="xl" py="md">
        <Group justify="space-between" mb="sm">
          <Anchor href="#/" fw={700} size="lg" c="inherit" underline="never">
            {words.product}
          </Anchor>
          <Group gap="xs">
            <Text component="span" className="address" size="sm">
              {who.name}
            </Text>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={words.frame.theme}
              onClick={() => setColorScheme(other)}
            >
              <span aria-hidden>{scheme === "light" ? "☾" : "☀"}</span>
            </ActionIcon>
            <Button variant="default" onClick={onSignOut}>
              {words.frame.signOut}
            </Button>
          </Group>
        </Group>
        <MainNavigation who={who} route={route} />
        <DomainNavigation route={route} />
      </Container>
      <Container component="main" id="content" size="xl" pb="xl" tabIndex={-1} ref={content}>
        {children}
      </Container>
    </>
  );
}

/** A window's title says what it shows, and whoever goes to another page by keyboard goes on reading there. */
function useNewPage(route: Route, content: { readonly current: HTMLElement | null }): void {
  const subject = "subject" in route ? route.subject : "";
  const { page } = route;
  const before = useRef(`${page} ${subject}`);
  useEffect(() => {
    const name = page in words.pages ? words.pages[page as "overview"] : "";
    document.title = [subject, name, words.product].filter((part) => part !== "").join(" · ");
    if (before.current === `${page} ${subject}`) return;
    before.current = `${page} ${subject}`;
    scrollTo(0, 0);
    content.current?.focus({ preventScroll: true });
  }, [page, subject, content]);
}
