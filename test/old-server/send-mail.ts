import { connect } from "node:net";
import { stuffed } from "./pop3-behaviour.ts";
import type { OutgoingMail } from "./scenarios/scenario.ts";
import { SocketReader } from "./socket-reader.ts";

/** Sends one message to a port of loopback; resolves with the last reply, or why there was none. Never rejects. */
export async function sendMail(port: number, { from, to, octets }: OutgoingMail): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => socket.destroy());
  const reader = new SocketReader(socket);
  const reply = async (): Promise<string> => {
    for (;;) {
      const line = await reader.line();
      if (line === null || !/^\d{3}-/.test(line)) return line ?? "no answer";
    }
  };
  const commands = ["EHLO old.big-company.com", `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA"];
  try {
    let said = await reply();
    for (const command of commands) {
      if (!/^[23]/.test(said)) return said;
      socket.write(`${command}\r\n`);
      said = await reply();
    }
    if (!said.startsWith("354")) return said;
    socket.write(stuffed(octets));
    return await reply();
  } finally {
    socket.end("QUIT\r\n");
  }
}
