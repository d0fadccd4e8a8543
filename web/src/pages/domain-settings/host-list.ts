/** Delivery hosts as people type them: one a line, HOST, HOST:PORT or [IPv6]:PORT. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** The hosts, or the first line that is none. */
export function parseHosts(text: string): readonly HostAndPort[] | { readonly wrong: string } {
  const hosts: HostAndPort[] = [];
  for (const line of text.split(/[\n,]/).map((one) => one.trim())) {
    if (line === "") continue;
    const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i.exec(line);
    const host = found?.[1] ?? found?.[2];
    const port = Number(found?.[3] ?? 25);
    if (host === undefined || port < 1 || port > 65535) return { wrong: line };
    hosts.push({ host, port });
  }
  return hosts;
}

/** The same as text, one a line. */
export function hostsText(hosts: readonly HostAndPort[]): string {
  return hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`).join("\n");
}
