import { BlockList, isIP } from "node:net";

/** Where a listener is bound. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** "127.0.0.1:2110", "[::1]:2110" or "mail.big-company.com:110"; null when it is none. */
export function parseEndpoint(text: string): Endpoint | null {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i.exec(text.trim());
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  return host && port <= 65535 ? { host, port } : null;
}

/** As `parseEndpoint` reads it. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether only this machine can reach the endpoint. */
export function isLoopback({ host }: Endpoint): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === "localhost";
  return loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}
