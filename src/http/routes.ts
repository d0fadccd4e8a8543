/** The pieces that every route of the API is made of. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { problemResponse } from "./problem-details.ts";

/** A router whose requests are checked against their schemas; what does not fit is told by field. */
export function router(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const issue = result.error.issues[0];
      const text = issue
        ? `${issue.path.join(".") || "request"}: ${issue.message}`
        : "The request does not fit.";
      return problemResponse(context, { kind: "invalid", text });
    },
  });
}

const problem = {
  description: "Refused or failed; the detail says why and what to do",
  content: {
    "application/problem+json": {
      schema: z.object({ type: z.string(), title: z.string(), status: z.number(), detail: z.string() }),
    },
  },
};

/** What a route answers: its JSON, or a problem. */
export function answers<S extends z.ZodType>(summary: string, schema: S) {
  return inForms(summary, { "application/json": { schema } });
}

/** What a route answers in other types of content, or in several: one of them, or a problem. */
export function inForms<Content extends Readonly<Record<string, { readonly schema: z.ZodType }>>>(
  summary: string,
  content: Content,
) {
  return { summary, responses: { 200: { description: summary, content }, default: problem } } as const;
}

/** A JSON body. */
export function body<S extends z.ZodType>(schema: S) {
  return { content: { "application/json": { schema } }, required: true } as const;
}

/** What a route answers that has nothing to tell. */
export const nothing = z.object({ done: z.literal(true) });

/** One page of a long listing: from after a key on. */
export const page = z.strictObject({
  after: z.string().max(512).default(""),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
