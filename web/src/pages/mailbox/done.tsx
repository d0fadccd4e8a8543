import { Alert } from "@mantine/core";

/** Says, also to who cannot see it, that something is done. */
export function Done({ isDone, text }: { isDone: boolean; text: string }) {
  if (!isDone) return null;
  return (
    <Alert color="teal" variant="light" role="status" mt="xs" py={6}>
      {text}
    </Alert>
  );
}
