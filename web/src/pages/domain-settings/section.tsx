import { Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

interface SectionProps {
  readonly title: string;
  readonly explain?: string;
  readonly children: ReactNode;
}

/** One part of a domain's settings. */
export function Section({ title, explain, children }: SectionProps) {
  const id = useId();
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <Title order={2} size="h3" id={id}>
          {title}
        </Title>
        {explain === undefined ? null : (
          <Text size="sm" c="dimmed" className="address">
            {explain}
          </Text>
        )}
        {children}
      </Stack>
    </Paper>
  );
}
