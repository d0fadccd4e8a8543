/** What a running server says of itself. */
import { createRoute, z } from "@hono/zod-openapi";
import { answers, router } from "./routes.ts";

const serverSchema = z.object({
  version: z.string(),
  hostname: z.string(),
  data: z.string(),
  pid: z.number(),
  listeners: z.array(z.object({ name: z.string(), host: z.string(), port: z.number() })),
  hasTls: z.boolean(),
  /** Octets free where the data is. */
  freeOctets: z.number(),
  /** Servers behind a pipe that refused this server, not a recipient: mail is held back until that is mended. */
  refusals: z.array(z.object({ route: z.string(), reply: z.string(), at: z.string() })),
});
export type ServerView = z.output<typeof serverSchema>;

const show = createRoute({ method: "get", path: "/server", ...answers("The running server", serverSchema) });

/** The route that tells about the server. */
export function serverRoutes(server: () => ServerView) {
  return router().openapi(show, (context) => context.json(server(), 200));
}
