/**
 * One SMTP session, for receiving and for submission (RFC 5321, RFC 6409). It takes command lines and octets and
 * gives answers; it knows no socket. It relies on its service's ports to be truthful and on whoever drives it to do
 * what each answer says comes next; it promises one reply to every command, whatever is sent and whatever fails.
 */
import type { Account } from "#login/login";
import { StoreUnavailable } from "#mailbox/content";
import { type Answer, answer, lastAnswer } from "./answer.ts";
import { newClient } from "./client.ts";
import type { Command, ReadyCommand } from "./command.ts";
import { findCommand } from "./commands.ts";
import { skipOctets } from "./data-commands.ts";
import { parseCommandLine } from "./grammar.ts";
import { startedTls } from "./hello-commands.ts";
import { Patience } from "./limits.ts";
import { type Reply, reply } from "./reply.ts";
import { type Entrance, isSubmission, type SmtpService } from "./service.ts";
import { phaseOf, resetTransaction, type SessionState } from "./session-state.ts";

const defect = reply(451, "4.3.0", "Something went wrong here, try again later");
const storeUnavailable = reply(451, "4.3.0", "That cannot be looked up now, try again later");
/** What a web browser says that was tricked into talking to us. */
const webMethods: readonly string[] = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH"];

export class Session implements AsyncDisposable {
  readonly #state: SessionState;

  constructor(service: SmtpService, entrance: Entrance, peerAddress: string, isSecure: boolean) {
    this.#state = {
      id: service.newId(),
      service,
      entrance,
      patience: new Patience(),
      client: newClient(peerAddress, isSecure),
      transaction: null,
      incoming: null,
    };
  }

  /** For the log. */
  get id(): string {
    return this.#state.id;
  }

  /** Who has logged in; null for nobody. */
  get account(): Account | null {
    return this.#state.client.account;
  }

  /** What is said first. */
  greeting(): Reply {
    const { hostname, instance } = this.#state.service.settings;
    return reply(220, null, `${hostname} ESMTP Mailferry ${instance}`);
  }

  /** Answers a command line, without its line end. */
  async command(line: Uint8Array): Promise<Answer> {
    const end = this.#state.patience.end;
    if (end !== null) return lastAnswer(reply(421, "4.7.0", end));
    const commandLine = parseCommandLine(line);
    if (!commandLine.ok) return this.#conclude("", answer(commandLine.problem));
    const { verb, argument } = commandLine.value;
    if (webMethods.includes(verb)) return lastAnswer(reply(421, "4.7.0", "This is a mail server"));
    const command = findCommand(verb);
    if (!command?.kinds.includes(this.#state.entrance.kind)) {
      return this.#conclude("", answer(reply(500, "5.5.1", "This command is not known here")));
    }
    const ready = command.parse(argument);
    if (!ready.ok) {
      return command.losesStep ? lastAnswer(ready.problem) : this.#conclude(verb, answer(ready.problem));
    }
    return this.#conclude(verb, await this.#safely(() => this.#run(command, ready.value)));
  }

  /** A line was longer than any command may be; it has been thrown away. */
  lineTooLong(): Answer {
    return this.#conclude("", answer(reply(500, "5.5.6", "The line is too long")));
  }

  /** The TLS handshake that an answer asked for has been done. */
  async startedTls(): Promise<void> {
    await startedTls(this.#state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await resetTransaction(this.#state);
  }

  async #run(command: Command, ready: ReadyCommand): Promise<Answer> {
    const refusal = this.#refuse(command);
    if (!refusal) return await ready.run(this.#state);
    return ready.octets > 0 ? skipOctets(ready.octets, refusal) : answer(refusal);
  }

  /** Why a command may not come now. */
  #refuse(command: Command): Reply | null {
    const { client, entrance } = this.#state;
    const phase = phaseOf(this.#state);
    if (phase === "new" && !command.states.includes(phase)) return reply(503, "5.5.1", "Say EHLO first");
    if (command.needsTls && !client.isSecure && !entrance.clearPasswords)
      return reply(538, "5.7.11", "Passwords are taken under TLS only, say STARTTLS first");
    if (command.needsLogin && isSubmission(entrance) && !client.account)
      return reply(530, "5.7.0", "Log in first");
    if (command.states.includes(phase)) return null;
    const isEarly = phase === "greeted";
    return reply(503, "5.5.1", isEarly ? "Say MAIL first" : `${command.name} cannot come now`);
  }

  /** Counts what was answered, and sees to it that what comes next is counted and guarded too. */
  #conclude(command: string, given: Answer): Answer {
    if (given.reply) this.#state.patience.note(command, given.reply.code);
    const { next } = given;
    if (next.kind === "line") {
      const take = async (line: Uint8Array): Promise<Answer> =>
        this.#conclude(command, await this.#safely(() => next.take(line)));
      return { ...given, next: { kind: "line", take } };
    }
    if (next.kind === "octets") {
      const { sink } = next;
      const guarded = {
        get isDone() {
          return sink.isDone;
        },
        take: (chunk: Uint8Array) => sink.take(chunk),
        finish: async () => this.#conclude(command, await this.#safely(() => sink.finish())),
      };
      return { ...given, next: { kind: "octets", sink: guarded } };
    }
    return given;
  }

  async #safely(step: () => Promise<Answer>): Promise<Answer> {
    try {
      return await step();
    } catch (error) {
      const { id, service, client } = this.#state;
      service.log.error({ session: id, peer: client.peerAddress, error }, "a command failed");
      return answer(error instanceof StoreUnavailable ? storeUnavailable : defect);
    }
  }
}
