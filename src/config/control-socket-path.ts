import { join } from "node:path";

/** Where the server of a data directory takes commands: a Unix socket that only its owner may open. */
export function controlSocketPath(dataDirectory: string): string {
  return join(dataDirectory, "control.sock");
}
