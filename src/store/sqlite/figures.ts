/** How things stand (observe/figures), on SQLite. */
import type { Figures, QueueFigures, TransferFigures } from "#observe/figures";
import type { Engine } from "./engine.ts";

/** From the indexes where there are some: queues grow long when they matter. */
const countQueue = `
  SELECT count(*) AS "all", min(received_at) AS oldest,
    coalesce(sum(held), 0) AS held,
    coalesce(sum(begun = 1 AND held = 0), 0) AS underWay,
    coalesce(sum(begun = 0 AND held = 0 AND next_try <= ?), 0) AS due
  FROM queued_recipient`;

const countTransfers = `
  SELECT domain, state, count(*) AS mailboxes, sum(messages) AS messages,
    sum(min(messages_here, messages)) AS messagesHere, sum(transfer.octets) AS octets,
    sum(min(octets_here, transfer.octets)) AS octetsHere
  FROM transfer JOIN mailbox ON mailbox.id = transfer.mailbox WHERE address IS NOT NULL
  GROUP BY domain, state ORDER BY domain, state`;

export class SqliteFigures implements Figures {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  queue(now: number): QueueFigures {
    type Row = Omit<QueueFigures, "deferred"> & { readonly all: number };
    const row = this.#engine.query((db) => db.get<Row>(countQueue, now));
    if (!row) return { deferred: 0, due: 0, underWay: 0, held: 0, oldest: null };
    const { all, oldest, held, underWay, due } = row;
    return { deferred: all - held - underWay - due, due, underWay, held, oldest };
  }

  transfers(): readonly TransferFigures[] {
    return this.#engine.query((db) => db.all<TransferFigures>(countTransfers));
  }
}
