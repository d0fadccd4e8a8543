/** Asks for a password on the terminal; what is typed is not shown. */
import { CommandFailed } from "./connection.ts";

const enter = new Set(["\r", "\n"]);
const erase = new Set(["\b", "\x7f"]);
const cancel = new Set(["\x03", "\x04"]);

/** Standard input must be a terminal. Throws CommandFailed when it is given up. */
export async function readPassword(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  try {
    return await typed(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

function typed(input: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let password: readonly string[] = [];
    const finish = (): void => void input.off("data", hear);
    const hear = (text: string): void => {
      for (const letter of text) {
        if (cancel.has(letter)) {
          finish();
          reject(new CommandFailed("given up"));
          return;
        }
        if (enter.has(letter)) {
          finish();
          resolve(password.join(""));
          return;
        }
        password = erase.has(letter) ? password.slice(0, -1) : [...password, letter];
      }
    };
    input.on("data", hear);
    input.resume();
  });
}
