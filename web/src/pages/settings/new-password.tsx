import { PasswordInput } from "@mantine/core";

/** Characters of an administrator's password, at least. */
export const shortestPassword = 12;

interface NewPasswordProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Where an administrator's new password is typed, whoever's it is. */
export function NewPassword({ label, hint, value, onChange }: NewPasswordProps) {
  return (
    <PasswordInput
      label={label}
      description={hint}
      autoComplete="new-password"
      required
      minLength={shortestPassword}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
