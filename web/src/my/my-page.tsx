import { Button, Container, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import type { MySessionView } from "#http/my/session";
import { words } from "../words/common.ts";
import { say } from "../words/my.ts";
import { MyMove } from "./move.tsx";
import { MyPassword } from "./password.tsx";
import { MyPrograms } from "./programs.tsx";
import { MySignIns } from "./sign-ins.tsx";

interface MyPageProps {
  readonly who: MySessionView;
  readonly onSignOut: () => void;
}

/** What somebody finds of their own: the move, the settings for a program, the password, the sign-ins. */
export function MyPage({ who, onSignOut }: MyPageProps) {
  useEffect(() => {
    document.title = `${say.title} · ${words.product}`;
  }, []);
  return (
    <>
      <Container component="header" size="md" py="md">
        <Group justify="space-between">
          <Text component="span" fw={700} size="lg">
            {words.product}
          </Text>
          <Button variant="default" onClick={onSignOut}>
            {words.frame.signOut}
          </Button>
        </Group>
      </Container>
      <Container component="main" size="md" pb="xl">
        <Stack gap="lg">
          <div>
            <Title order={1} size="h2">
              {say.title}
            </Title>
            <Text className="address">{who.address}</Text>
          </div>
          <Section title={say.move.title}>
            <MyMove />
          </Section>
          <Section title={say.programs.title}>
            <MyPrograms />
          </Section>
          <Section title={say.password.title}>
            <MyPassword />
          </Section>
          <Section title={say.signIns.title}>
            <MySignIns />
          </Section>
        </Stack>
      </Container>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" aria-label={title}>
      <Stack gap="sm">
        <Title order={2} size="h3">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}
