import { ImapFlow } from "imapflow";
import { countedFlags, type Deed, type ImapVerbs, type Outcome, type Row } from "./imap-verbs.ts";

/** imapflow; it uses ENABLE, CONDSTORE, MOVE and UIDPLUS by itself where they are offered. */
export const imapflow: ImapVerbs = async (account, deeds) => {
  const client = new ImapFlow({
    ...account.server,
    secure: false,
    doSTARTTLS: false,
    auth: { user: account.login, pass: account.password },
    logger: false,
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const outcomes: Outcome[] = [];
    for (const deed of deeds) outcomes.push(await act(client, deed));
    return outcomes;
  } finally {
    await client.logout();
  }
};

async function act(client: ImapFlow, deed: Deed): Promise<Outcome> {
  if (deed.do === "append") {
    must("append", await client.append(deed.folder, deed.octets));
    return {};
  }
  const { exists } = await client.mailboxOpen(deed.folder);
  if (deed.do === "list") return { rows: exists === 0 ? [] : await list(client) };
  const uid = String(deed.uid);
  if (deed.do === "fetch") {
    const message = must("fetch", await client.fetchOne(uid, { source: true }, { uid: true }));
    return { octets: must("fetch", message.source) };
  }
  if (deed.do === "flag") must("flag", await client.messageFlagsAdd(uid, [deed.flag], { uid: true }));
  if (deed.do === "move") must("move", await client.messageMove(uid, deed.to, { uid: true }));
  if (deed.do === "delete") must("delete", await client.messageDelete(uid, { uid: true }));
  return {};
}

async function list(client: ImapFlow): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { uid, flags } of client.fetch("1:*", { uid: true, flags: true }))
    rows.push({ uid, flags: countedFlags(flags ?? []) });
  return rows;
}

function must<Value>(deed: string, value: Value): Exclude<Value, false | undefined> {
  if (value === false || value === undefined) throw new Error(`imapflow: ${deed} was refused`);
  return value as Exclude<Value, false | undefined>;
}
