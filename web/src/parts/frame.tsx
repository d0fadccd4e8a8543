import {
  ActionIcon,
  Anchor,
  Button,
  Container,
  Group,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import type { ReactNode } from "react";
import type { SessionView } from "#http/access/sessions";
import { words } from "../words.ts";

interface FrameProps {
  readonly who: SessionView;
  readonly onSignOut: () => void;
  readonly children: ReactNode;
}

/** What is around every page of somebody who is signed in. */
export function Frame({ who, onSignOut, children }: FrameProps) {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "light" ? "dark" : "light";
  return (
    <>
      <a href="#content" className="skip">
        {words.frame.skip}
      </a>
      <Container component="header" size="lg" py="md">
        <Group justify="space-between">
          <Anchor href="#/" fw={700} size="lg" c="inherit" underline="never">
            {words.product}
          </Anchor>
          <Group gap="xs">
            <span className="address">{who.name}</span>
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
      </Container>
      <Container component="main" id="content" size="lg" pb="xl" tabIndex={-1}>
        {children}
      </Container>
    </>
  );
}
