import { NativeSelect, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { ask, Trouble } from "../api/client.ts";
import { Confirm } from "../parts/confirm.tsx";
import { useKept } from "../parts/kept.ts";
import { say } from "../words/domains.ts";
import { parseHosts } from "./domain-settings/host-list.ts";

const kinds = ["local", "remote", "alias"] as const;
type Kind = (typeof kinds)[number];
interface Typed {
  readonly kind: Kind;
  readonly name: string;
  readonly hosts: string;
  readonly target: string;
}

interface AddDomainProps {
  readonly isOpen: boolean;
  /** Local domains, for an alias domain to stand for. */
  readonly locals: readonly string[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Adds a domain of one of the three kinds. What was typed stays until it is added. */
export function AddDomain({ isOpen, locals, onClose, onDone }: AddDomainProps) {
  const [kept, keep] = useKept<Typed>("domain-add");
  const typed = kept ?? { kind: "local", name: "", hosts: "", target: "" };
  const set = (change: Partial<Typed>): void => keep({ ...typed, ...change });
  const add = async (): Promise<void> => {
    await ask("/domains", "POST", bodyOf(typed, locals));
    keep(null);
    onDone();
  };
  return (
    <Confirm
      isOpen={isOpen}
      title={say.add.title}
      button={say.add.button}
      isReady={typed.name.trim() !== ""}
      act={add}
      onClose={onClose}
    >
      <Radio.Group label={say.add.kind} value={typed.kind} onChange={(kind) => set({ kind: kind as Kind })}>
        <Stack gap="xs" mt="xs">
          {kinds.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              label={say.add.kinds[kind]}
              disabled={kind === "alias" && locals.length === 0}
            />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        label={say.add.name}
        required
        maxLength={255}
        value={typed.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      {typed.kind === "remote" ? (
        <Textarea
          label={say.add.hosts}
          description={say.add.hostsHint}
          rows={2}
          value={typed.hosts}
          onChange={(event) => set({ hosts: event.currentTarget.value })}
        />
      ) : null}
      {typed.kind === "alias" ? (
        <NativeSelect
          label={say.add.target}
          data={[...locals]}
          value={typed.target || locals[0] || ""}
          onChange={(event) => set({ target: event.currentTarget.value })}
        />
      ) : null}
    </Confirm>
  );
}

/** Throws Trouble where something typed cannot be meant. */
function bodyOf({ kind, name, hosts, target }: Typed, locals: readonly string[]): unknown {
  const named = { kind, name: name.trim() };
  if (kind === "alias") return { ...named, target: target || locals[0] };
  if (kind === "local") return named;
  const parsed = parseHosts(hosts);
  if ("wrong" in parsed) throw new Trouble("invalid", say.add.hostWrong(parsed.wrong));
  return { ...named, hosts: parsed };
}
