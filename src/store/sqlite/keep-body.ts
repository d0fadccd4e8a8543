import type { StagedBody } from "#mailbox/content";
import type { ContentFiles } from "../content/files.ts";
import type { KeptBody } from "./content-rows.ts";
import { OutcomeUnknown } from "./failure.ts";

/**
 * Makes a staged body ready for one row that will name it, has the row written, and takes back what was made when
 * it was not: a file whose row may exist after all is left to the next start.
 * @param write sends the operation, handing over `transfer`; a value with `ok: false` wrote nothing
 */
export async function keepBody<T>(
  files: ContentFiles,
  staged: StagedBody,
  write: (body: KeptBody, transfer: readonly ArrayBuffer[]) => Promise<T>,
): Promise<T> {
  return keepBodies(files, staged, 1, ([body], transfer) => {
    if (!body) throw new Error("no body was kept");
    return write(body, transfer);
  });
}

/** The same for `owners` rows at once: each names a body of its own, so that each can go on its own. */
export async function keepBodies<T>(
  files: ContentFiles,
  staged: StagedBody,
  owners: number,
  write: (bodies: readonly KeptBody[], transfer: readonly ArrayBuffer[]) => Promise<T>,
): Promise<T> {
  if (staged.kind === "inline") {
    // A copy that can be handed over: the staged octets may be wanted again.
    const octets = new Uint8Array(staged.octets);
    const body: KeptBody = { kind: "inline", octets };
    return write(Array(owners).fill(body), [octets.buffer]);
  }
  const names = await files.adopt(staged.path, owners);
  try {
    const result = await write(
      names.map((name) => ({ kind: "file", name })),
      [],
    );
    if (isRefusal(result)) await files.remove(names);
    return result;
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) await files.remove(names);
    throw error;
  }
}

function isRefusal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "ok" in value && value.ok === false;
}
