/** From a command to the running server: HTTP over the Unix socket in the data directory. */
import { type IncomingMessage, request } from "node:http";
import { userInfo } from "node:os";
import { controlSocketPath } from "#config/control-socket-path";

/** The command was refused or failed; the message is one line that says what to do. Exit code 1. */
export class CommandFailed extends Error {
  constructor(text: string) {
    super(text);
    this.name = "CommandFailed";
  }
}

/** One running server, found by its data directory. */
export class Connection {
  readonly #socketPath: string;
  readonly #data: string;

  constructor(dataDirectory: string) {
    this.#data = dataDirectory;
    this.#socketPath = controlSocketPath(dataDirectory);
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#ask("GET", path)) as T;
  }
  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return (await this.#ask("POST", path, body)) as T;
  }
  async put<T>(path: string, body: unknown): Promise<T> {
    return (await this.#ask("PUT", path, body)) as T;
  }
  async patch<T>(path: string, body: unknown): Promise<T> {
    return (await this.#ask("PATCH", path, body)) as T;
  }
  async delete<T>(path: string): Promise<T> {
    return (await this.#ask("DELETE", path)) as T;
  }

  /** Every page of a listing, from the first to the last. */
  async *pages<T>(path: string, keyOf: (row: T) => string): AsyncGenerator<T> {
    for (let after = ""; ; ) {
      const rows = await this.get<readonly T[]>(
        `${path}${path.includes("?") ? "&" : "?"}limit=1000&after=${encodeURIComponent(after)}`,
      );
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < 1000) return;
      after = keyOf(last);
    }
  }

  /** An answer as it comes; one that ends before its end fails. */
  async *stream(method: "GET" | "POST", path: string, body?: unknown): AsyncGenerator<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = request(
      { socketPath: this.#socketPath, method, path: `/api${path}`, headers: by() },
      resolve,
    );
    asked.on("error", (error) => reject(new CommandFailed(this.#unreachable(error))));
    if (body !== undefined) asked.setHeader("content-type", "application/json");
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const response = await promise;
    if (response.statusCode !== 200) throw await refusalIn(response);
    try {
      for await (const chunk of response) yield chunk as Buffer;
    } catch {
      throw new CommandFailed("the server broke off: its log says why");
    } finally {
      asked.destroy();
    }
  }

  /** The same where it is one JSON value in each line. */
  async *lines<T>(path: string, body?: unknown): AsyncGenerator<T> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.stream("POST", path, body)) {
      const texts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = texts.pop() ?? "";
      for (const text of texts) yield JSON.parse(text) as T;
    }
  }

  #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { socketPath: this.#socketPath, method, path: `/api${path}`, headers: by() },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            try {
              const answer = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
                readonly detail?: string;
              };
              if (response.statusCode === 200) resolve(answer);
              else reject(new CommandFailed(answer.detail ?? `the server answered ${response.statusCode}`));
            } catch {
              reject(new CommandFailed(`the server answered ${response.statusCode} and no JSON`));
            }
          });
        },
      );
      asked.on("error", (error) => reject(new CommandFailed(this.#unreachable(error))));
      if (body !== undefined) asked.setHeader("content-type", "application/json");
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #unreachable(error: Error): string {
    const code = "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ECONNREFUSED") {
      return `no server runs on ${this.#data}: start "mailferry serve", or name its --data or --config`;
    }
    return code === "EACCES"
      ? `${this.#socketPath} is not yours: run this as the server's user`
      : error.message;
  }
}

async function refusalIn(response: IncomingMessage): Promise<CommandFailed> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  try {
    const { detail } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { readonly detail?: string };
    if (detail !== undefined) return new CommandFailed(detail);
  } catch {
    // It says nothing that we understand.
  }
  return new CommandFailed(`the server answered ${response.statusCode}`);
}

/** Who runs the command, for the server's record. Whoever may open the socket is believed. */
function by(): Readonly<Record<string, string>> {
  const user = nameOfUser();
  return user !== null && /^[\w.@$-]{1,64}$/.test(user) ? { "x-mailferry-user": user } : {};
}

/** Under sudo the one who called it. */
function nameOfUser(): string | null {
  try {
    return process.env.SUDO_USER ?? userInfo().username;
  } catch {
    return null;
  }
}
