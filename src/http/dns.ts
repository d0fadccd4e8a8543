/** What an administrator publishes in the DNS for a domain. */
import { createRoute, z } from "@hono/zod-openapi";
import { dnsRecords } from "./autoconfig/dns-records.ts";
import { mailServers } from "./autoconfig/mail-server.ts";
import { answers, router } from "./routes.ts";
import type { ServerView } from "./server-info.ts";

const recordSchema = z.object({
  name: z.string(),
  type: z.enum(["MX", "SRV", "CNAME"]),
  value: z.string(),
  purpose: z.string(),
});
export type DnsRecordView = z.output<typeof recordSchema>;

const show = createRoute({
  method: "get",
  path: "/domains/{name}/dns-records",
  request: { params: z.object({ name: z.string().max(255) }) },
  ...answers("The records to publish for a domain", z.array(recordSchema)),
});

/** The route that tells them. It asks no resolver: it says what is to be, not what is. */
export function dnsRoutes(server: () => ServerView) {
  return router().openapi(show, (context) => {
    const { hostname, listeners, hasTls } = server();
    const servers = mailServers(hostname, listeners, hasTls);
    const { name } = context.req.valid("param");
    return context.json([...dnsRecords(name.toLowerCase(), hostname, servers, listeners)], 200);
  });
}
