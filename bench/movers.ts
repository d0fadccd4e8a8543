/** Those that pull a maildrop: Mailferry and its peers, each into a fresh place, each checked afterwards. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { must } from "../test/interop/program.ts";
import { makeScratch } from "../test/interop/scratch.ts";
import type { DovecotTarget } from "./dovecot-target.ts";
import { type MeasuredMailferry, startMeasured } from "./mailferry.ts";
import { address, first, type OldMaildrop, password } from "./old-maildrop.ts";
import { type Account, Pop3Reader, pullAll } from "./pop3-reader.ts";
import { processorSeconds, tellProcessor } from "./processor-time.ts";

/** Pulls everything from `from` and returns the milliseconds it took; throws when something is missing. */
export type Mover = (old: OldMaildrop, from: Account) => Promise<number>;

/** From the first login to the moment `migration status` says that the mailbox follows. Checked by SHA-256. */
export const byMailferry =
  (checkout?: string): Mover =>
  async (old, from) => {
    await using ferry = await startMeasured(checkout);
    await ferry.command("domain", "add", "big-company.com");
    const oldServer = `pop3://${from.host}:${from.port}`;
    await ferry.command("migration", "on", "big-company.com", "--from", oldServer, "--tls", "none");
    await moveFirst(ferry);
    const account = { ...ferry.pop3, login: address, password };
    const [begin, used] = [performance.now(), await processorSeconds(ferry.pid)];
    await using reader = await Pop3Reader.connect(account);
    await reader.login(account);
    await ferry.following(address);
    const took = performance.now() - begin;
    tellProcessor(used, await processorSeconds(ferry.pid));
    const here = await pullAll(account, { hash: true, count: old.holds.messages });
    const differs = here.hashes.findIndex((hash, n) => hash !== old.holds.hashes[n]);
    if (differs >= 0) throw new Error(`message ${differs + 1} is not what the old server has`);
    return took;
  };

/**
 * Has somebody moved before: what reading does to the old server's messages is found out once for a server, with the
 * first mailbox, and everything that is started when it is needed has been.
 */
export async function moveFirst(ferry: MeasuredMailferry): Promise<void> {
  const account = { ...ferry.pop3, login: first, password };
  await using reader = await Pop3Reader.connect(account);
  await reader.login(account);
  await ferry.following(first);
}

/** `doveadm backup` into mdbox. Checked by count and octets. */
export function byDoveadm(target: DovecotTarget): Mover {
  let users = 0;
  return async (old, from) => {
    const user = `user${users++}@big-company.com`;
    const begin = performance.now();
    await target.backup(user, from);
    const took = performance.now() - begin;
    const { messages, octets } = await target.inbox(user);
    if (messages !== old.holds.messages || octets !== old.octets) {
      throw new Error(`doveadm has ${messages} messages, ${octets} octets`);
    }
    return took;
  };
}

/** mpop, pipelining, into a Maildir. Checked by count; it rewrites line ends and adds a header field. */
export function byMpop(cleanup: AsyncDisposableStack): Mover {
  return async (old, from) => {
    const scratch = cleanup.use(await makeScratch("mpop"));
    const maildir = join(scratch.path, "mail");
    for (const part of ["", "tmp", "new", "cur"]) await must(["mkdir", "-p", join(maildir, part)]);
    const argv = [
      ...["mpop", `--host=${from.host}`, `--port=${from.port}`, `--user=${from.login}`, "--auth=user"],
      ...[`--passwordeval=echo "${from.password}"`, "--tls=off", "--pipelining=on", "--keep=on", "-q"],
      ...[`--uidls-file=${join(scratch.path, "uidls")}`, `--delivery=maildir,${maildir}`],
    ];
    const begin = performance.now();
    await must(argv, { limit: 600_000 });
    const took = performance.now() - begin;
    const files = await readdir(join(maildir, "new"));
    const first = files[0] && (await stat(join(maildir, "new", files[0]))).size;
    if (files.length !== old.holds.messages || !first) throw new Error(`mpop has ${files.length} messages`);
    return took;
  };
}

/** Everything asked for at once and thrown away: what the old server can give. */
export const byNobody: Mover = async (old, from) => {
  const begin = performance.now();
  const pulled = await pullAll(from, { hash: false });
  const took = performance.now() - begin;
  if (pulled.messages !== old.holds.messages) throw new Error(`the floor saw ${pulled.messages} messages`);
  return took;
};
