import { Button, PasswordInput, Stack, Table, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { BroughtView } from "#http/bringing";
import { ask } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/mailboxes.ts";

const { bring: words } = say;
/** Of one request: its answer comes when the last of them is listed. */
const atOnce = 20;
const empty = { people: "", admin: "", form: "{local}*{admin}", password: "" };
type Brought = BroughtView["people"][number];

/** Brings people over by an administrator's login on the old server, some at a time, and says of each what came of it. */
export function BringPeople({ domain, onDone }: { domain: string; onDone: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const [typed, type] = useState(empty);
  const [results, setResults] = useState<readonly Brought[]>([]);
  const addresses = addressesIn(typed.people, domain);
  const set = (change: Partial<typeof empty>) => type((before) => ({ ...before, ...change }));
  const close = () => {
    setOpen(false);
    type(empty);
  };
  const bring = async () => {
    setResults([]);
    const admin = { name: typed.admin.trim(), form: typed.form.trim(), password: typed.password };
    for (let from = 0; from < addresses.length; from += atOnce) {
      const people = addresses.slice(from, from + atOnce).map((address) => ({ address }));
      const path = `/migrations/${encodeURIComponent(domain)}/bring`;
      const made = await ask<BroughtView>(path, "POST", { people, admin });
      setResults((before) => [...before, ...made.people]);
      onDone();
    }
  };
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {words.button}
      </Button>
      <Confirm
        isOpen={isOpen}
        title={words.title}
        button={words.confirm(addresses.length)}
        isReady={addresses.length > 0 && typed.admin.trim() !== "" && typed.password !== ""}
        act={bring}
        onClose={close}
      >
        <Stack>
          <Text size="sm">{words.explain}</Text>
          <Textarea
            label={words.people}
            description={words.peopleHint}
            autosize
            minRows={3}
            maxRows={10}
            data-autofocus
            value={typed.people}
            onChange={(event) => set({ people: event.currentTarget.value })}
          />
          <TextInput
            label={words.admin}
            autoComplete="off"
            value={typed.admin}
            onChange={(event) => set({ admin: event.currentTarget.value })}
          />
          <TextInput
            label={words.form}
            description={words.formHint}
            value={typed.form}
            onChange={(event) => set({ form: event.currentTarget.value })}
          />
          <PasswordInput
            label={words.password}
            autoComplete="off"
            value={typed.password}
            onChange={(event) => set({ password: event.currentTarget.value })}
          />
          {results.length === 0 ? null : (
            <Text size="sm" role="status" className="figures">
              {words.progress(results.length, Math.max(addresses.length, results.length))}
            </Text>
          )}
        </Stack>
      </Confirm>
      <Results results={results} />
    </>
  );
}

/** Beside the page, so that it is still there when the question has closed. */
function Results({ results }: { results: readonly Brought[] }) {
  if (results.length === 0) return null;
  return (
    <Table aria-label={words.result} className="figures">
      <Table.Tbody>
        {results.map(({ address, result, reason }) => (
          <Table.Tr key={address}>
            <Table.Td className="address">{address}</Table.Td>
            <Table.Td className="address">
              {words.results[result]}
              {reason === null ? null : <Text size="xs">{reason}</Text>}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function addressesIn(text: string, domain: string): readonly string[] {
  const named = text.split(/[\s,;]+/).filter((one) => one !== "");
  return [...new Set(named.map((one) => (one.includes("@") ? one : `${one}@${domain}`)))];
}
