/** Records of the audit as the API shows them. */
import { z } from "@hono/zod-openapi";

const recordSchema = z.object({
  order: z.number(),
  at: z.string(),
  kind: z.string(),
  actor: z.string(),
  remote: z.string().nullable(),
  domain: z.string().nullable(),
  object: z.string(),
  outcome: z.enum(["done", "refused", "failed"]),
  details: z.record(z.string(), z.unknown()),
});
export const logSchema = z.object({
  /** In ascending order. */
  records: z.array(recordSchema),
  /** Ask for `after` this to hear what comes later; null when nothing is recorded yet. */
  last: z.number().nullable(),
  /** Ask for `before` this for what was earlier; null when there is nothing earlier that fits. */
  first: z.number().nullable(),
});
export type LogView = z.output<typeof logSchema>;
export type LogRecordView = z.output<typeof recordSchema>;
