// The four real old servers, each with a Postfix that delivers into the same store.
import { type CourierOptions, startCourier } from "./courier-pop3.ts";
import { type DovecotOptions, startDovecot } from "./dovecot.ts";
import { startMailutils } from "./mailutils.ts";
import { DOMAIN, localPartOf, type OldCompany, type Person } from "./old-company.ts";
import { startPopa3d } from "./popa3d.ts";
import { startPostfix } from "./postfix.ts";
import { USER_PREFIX } from "./system-user.ts";

/** Dovecot and Postfix: virtual users who log in as their whole address. */
export async function startDovecotCompany(options: DovecotOptions = {}): Promise<OldCompany> {
  await using cleanup = new AsyncDisposableStack();
  const dovecot = cleanup.use(await startDovecot(options));
  const exchanger = cleanup.use(await startPostfix({ mailRoot: dovecot.mailRoot, domain: DOMAIN }));
  const running = cleanup.move();
  return {
    name: "Dovecot",
    loginForm: "{address}",
    pop3: dovecot.pop3,
    imap: dovecot.imap,
    exchanger,
    mailRoot: dovecot.mailRoot,
    person: (name) => virtualPerson(name),
    addPerson: async (person) => {
      await dovecot.addUser(person);
      const path = `${DOMAIN}/${localPartOf(person.address)}/`;
      await exchanger.addMailbox({ address: person.address, path, owner: dovecot.owner });
    },
    place: (person, messages) => dovecot.deliver(person.address, messages),
    removeContaining: (person, needle) => dovecot.removeContaining(person.address, needle),
    log: async () => `${dovecot.log()}\n${await exchanger.log()}`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Courier POP3 and Postfix: virtual users who log in as their local part. */
export async function startCourierCompany(options: CourierOptions = {}): Promise<OldCompany> {
  await using cleanup = new AsyncDisposableStack();
  const courier = cleanup.use(await startCourier(options));
  const exchanger = cleanup.use(await startPostfix({ mailRoot: courier.mailRoot, domain: DOMAIN }));
  const running = cleanup.move();
  return {
    name: "Courier",
    loginForm: "{local}",
    pop3: courier.pop3,
    exchanger,
    mailRoot: courier.mailRoot,
    person: (name) => virtualPerson(name),
    addPerson: async (person) => {
      await courier.addUser(person);
      const path = `${localPartOf(person.address)}/`;
      await exchanger.addMailbox({ address: person.address, path, owner: courier.owner });
    },
    place: (person, messages) => courier.deliver(person.address, messages),
    removeContaining: (person, needle) => courier.removeContaining(person.address, needle),
    log: async () => `${courier.log()}\n${await exchanger.log()}`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** popa3d and Postfix: users of the machine, mbox files in /var/mail, who log in as their local part. */
export async function startPopa3dCompany(): Promise<OldCompany> {
  await using cleanup = new AsyncDisposableStack();
  const popa3d = cleanup.use(await startPopa3d());
  const exchanger = cleanup.use(await startPostfix({ mailRoot: popa3d.mailRoot, domain: DOMAIN }));
  const running = cleanup.move();
  return {
    name: "popa3d",
    loginForm: "{local}",
    pop3: popa3d.pop3,
    exchanger,
    mailRoot: popa3d.mailRoot,
    person: (name) => virtualPerson(USER_PREFIX + name),
    addPerson: async (person) => {
      const owner = await popa3d.addUser(person);
      await exchanger.addMailbox({ address: person.address, path: localPartOf(person.address), owner });
    },
    place: (person, messages) => popa3d.deliver(person.address, messages),
    removeContaining: (person, needle) => popa3d.removeContaining(person.address, needle),
    log: () => exchanger.log(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** GNU pop3d and Postfix: virtual users who log in as their whole address. */
export async function startMailutilsCompany(): Promise<OldCompany> {
  await using cleanup = new AsyncDisposableStack();
  const mailutils = cleanup.use(await startMailutils());
  const exchanger = cleanup.use(await startPostfix({ mailRoot: mailutils.mailRoot, domain: DOMAIN }));
  const running = cleanup.move();
  return {
    name: "GNU pop3d",
    loginForm: "{address}",
    pop3: mailutils.pop3,
    exchanger,
    mailRoot: mailutils.mailRoot,
    person: (name) => virtualPerson(name),
    addPerson: async (person) => {
      await mailutils.addUser(person);
      const path = `${localPartOf(person.address)}/INBOX`;
      await exchanger.addMailbox({ address: person.address, path, owner: mailutils.owner });
    },
    place: (person, messages) => mailutils.deliver(person.address, messages),
    removeContaining: (person, needle) => mailutils.removeContaining(person.address, needle),
    log: () => exchanger.log(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function virtualPerson(name: string): Person {
  return { address: `${name}@${DOMAIN}`, password: `${name}'s old password` };
}
