import { NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { say } from "../../words/domain-settings.ts";
import { certificates, links, logins, type OldServerFields, versions } from "./old-server-form.ts";

interface OldServerInputsProps {
  readonly fields: OldServerFields;
  readonly set: (change: Partial<OldServerFields>) => void;
}

/** Where the old server is and how it is spoken to, in words. */
export function OldServerInputs({ fields, set }: OldServerInputsProps) {
  const { old } = say;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput
        label={old.host}
        description={old.hostHint}
        required
        maxLength={255}
        value={fields.host}
        onChange={(event) => set({ host: event.currentTarget.value })}
      />
      <TextInput
        label={old.port}
        description={old.portHint}
        inputMode="numeric"
        maxLength={5}
        value={fields.port}
        onChange={(event) => set({ port: event.currentTarget.value })}
      />
      <NativeSelect
        label={old.link}
        data={links.map((value) => ({ value, label: old.links[value] }))}
        value={fields.link}
        onChange={(event) => set({ link: links.find((one) => one === event.currentTarget.value) ?? "stls" })}
      />
      {fields.link === "clear" ? null : (
        <NativeSelect
          label={old.certificate}
          data={certificates.map((value) => ({ value, label: old.certificates[value] }))}
          value={fields.certificate}
          onChange={(event) =>
            set({ certificate: certificates.find((one) => one === event.currentTarget.value) ?? "verify" })
          }
        />
      )}
      {fields.link !== "clear" && fields.certificate === "pin" ? (
        <TextInput
          label={old.pin}
          maxLength={100}
          value={fields.pin}
          onChange={(event) => set({ pin: event.currentTarget.value })}
        />
      ) : null}
      {fields.link === "clear" ? null : (
        <NativeSelect
          label={old.oldest}
          data={versions.map((value) => ({ value, label: value || old.oldestUsual }))}
          value={fields.oldest}
          onChange={(event) => set({ oldest: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label={old.login}
        data={logins.map((value) => ({ value, label: old.logins[value] }))}
        value={fields.login}
        onChange={(event) =>
          set({ login: logins.find((one) => one === event.currentTarget.value) ?? "both" })
        }
      />
      {fields.login === "other" ? (
        <TextInput
          label={old.template}
          description={old.templateHint}
          maxLength={200}
          value={fields.template}
          onChange={(event) => set({ template: event.currentTarget.value })}
        />
      ) : null}
    </SimpleGrid>
  );
}
