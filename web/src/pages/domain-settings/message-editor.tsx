import { Alert, Paper, SimpleGrid, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import type { MessagePreviewView } from "#http/migration-settings";
import { ask } from "../../api/client.ts";
import { useAsked } from "../../parts/asked.ts";
import { say } from "../../words/domain-settings.ts";

interface MessageEditorProps {
  readonly domain: string;
  /** Empty: the built-in text. */
  readonly text: string;
  readonly set: (text: string) => void;
}

/** The migration message, beside it what people will see. */
export function MessageEditor({ domain, text, set }: MessageEditorProps) {
  const { message } = say;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Textarea
        label={message.own}
        description={message.hint}
        rows={12}
        maxLength={100_000}
        value={text}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <Preview domain={domain} text={text} />
    </SimpleGrid>
  );
}

function Preview({ domain, text }: { domain: string; text: string }) {
  const { message } = say;
  const path = `/migrations/${encodeURIComponent(domain)}/message`;
  const asked = useAsked(`${path} ${text}`, () =>
    ask<MessagePreviewView>(path, "POST", { message: text === "" ? null : text }),
  );
  // What was seen last stays while the next is on its way.
  const [shown, setShown] = useState<MessagePreviewView | null>(null);
  if (asked.state === "answered" && asked.value !== shown) setShown(asked.value);
  const problem = asked.state === "refused" ? asked.text : null;
  return (
    <section aria-label={message.preview}>
      <Text size="sm" fw={500}>
        {message.preview}
      </Text>
      {problem === null ? null : (
        <Alert color="red" variant="light" mb="xs">
          {problem}
        </Alert>
      )}
      {shown === null ? null : (
        <Paper withBorder p="md" className="address">
          <Text size="sm">
            {message.from}: {shown.from}
          </Text>
          {shown.replyTo === null ? null : (
            <Text size="sm">
              {message.replyTo}: {shown.replyTo}
            </Text>
          )}
          <Text size="sm" fw={700} mb="sm">
            {message.subject}: {shown.subject}
          </Text>
          <Text size="sm" className="as-written">
            {shown.text}
          </Text>
        </Paper>
      )}
    </section>
  );
}
