/** How the server is set by its file, to be looked at: it is changed in the file. No secret is told. */
import { createRoute, z } from "@hono/zod-openapi";
import { answers, router } from "./routes.ts";

const settingsSchema = z.object({
  version: z.string(),
  hostname: z.string(),
  data: z.string(),
  /** For bare login names. */
  defaultDomain: z.string().nullable(),
  /** Where the settings come from: a file, or "no configuration file". */
  origin: z.string(),
  certificate: z
    .object({
      file: z.string(),
      /** The host names it is good for. */
      names: z.array(z.string()),
      ends: z.string(),
    })
    .nullable(),
  listeners: z.array(
    z.object({
      name: z.string(),
      host: z.string(),
      port: z.number(),
      /** TLS from the first octet, by a command (STARTTLS, STLS), or not at all. */
      tls: z.enum(["tls", "starttls", "none"]),
      /** Whether passwords are taken without TLS. */
      clearPasswords: z.boolean(),
    }),
  ),
});
export type SettingsView = z.output<typeof settingsSchema>;

const show = createRoute({
  method: "get",
  path: "/settings",
  ...answers("How the server is set by its file", settingsSchema),
});

/** The route of the settings. */
export function settingsRoutes(settings: () => SettingsView) {
  return router().openapi(show, (context) => context.json(settings(), 200));
}
