/** Consignments and names for tests of the courier. */
import type { AddressesAnswer, MxAnswer, Resolver } from "#net/resolver";
import type { Consignment, Hop } from "#queue/courier";
import type { QueuedMessage } from "#queue/queue-store";

/** A resolver that knows what it is told; an IP address is its own answer. */
export function fixedResolver(
  addresses: Readonly<Record<string, readonly string[] | AddressesAnswer>> = {},
  mx: Readonly<Record<string, MxAnswer>> = {},
): Resolver {
  return {
    mx: async (domain) => mx[domain] ?? { answer: "no-such-domain" },
    addresses: async (host) => {
      if (/^[\d.]+$/.test(host)) return { answer: "addresses", addresses: [host] };
      const found = addresses[host] ?? { answer: "none" };
      return "answer" in found ? found : { answer: "addresses", addresses: found };
    },
  };
}

/** The hop of a remote domain with these ports of this machine as its hosts. */
export function hopTo(...ports: number[]): Hop {
  return {
    name: "big-company.old",
    hosts: ports.map((port) => ({ host: "127.0.0.1", port })),
    tls: { mode: "none" },
  };
}

export const testMessage: QueuedMessage = {
  id: "m1",
  reversePath: "bob@example.com",
  body: "8BITMIME",
  smtpUtf8: false,
  envelopeId: null,
  ret: null,
  receivedAt: Date.UTC(2030, 0, 1),
  size: 100,
  traceLength: 0,
  helo: "client.example.com",
  peerAddress: "192.0.2.1",
  protocol: "ESMTP",
  authenticated: null,
};

/** A consignment with the addresses as recipient ids. */
export function consignment(
  hop: Hop,
  addresses: readonly string[],
  text = "Subject: x\r\n\r\ntext\r\n",
  message: Partial<QueuedMessage> = {},
): Consignment {
  return {
    hop,
    message: { ...testMessage, size: text.length, ...message },
    recipients: addresses.map((address) => ({ id: address, address, notify: null, originalRecipient: null })),
    trace: "Received: from here\r\n",
    content: async () =>
      (async function* () {
        yield Buffer.from(text, "latin1");
      })(),
  };
}
