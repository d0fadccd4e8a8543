/**
 * The API's description of itself (OpenAPI 3.1): what the routes' schemas say, and what holds for all of them, which
 * the gate, the limits and the handlers around them see to.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { sessionOperations } from "./access/sessions.ts";

interface Operation {
  operationId?: string;
  security?: readonly Readonly<Record<string, readonly string[]>>[];
  requestBody?: unknown;
  readonly responses?: Record<string, unknown>;
}

const problem = { $ref: "#/components/responses/Problem" };
const problemSchema = {
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
  },
  required: ["type", "title", "status", "detail"],
};
const components = {
  responses: {
    Problem: {
      description: "Refused or failed (RFC 9457); the detail says why and what to do",
      content: { "application/problem+json": { schema: problemSchema } },
    },
  },
  securitySchemes: {
    session: {
      type: "apiKey",
      in: "cookie",
      name: "__Host-mailferry",
      description:
        "Of who signed in; without TLS its name is mailferry. Changes need x-csrf-token beside it.",
    },
    csrf: { type: "apiKey", in: "header", name: "x-csrf-token" },
    token: { type: "http", scheme: "bearer", description: "Of a program: mailferry admin token" },
  },
} as const;

const methods = ["get", "post", "put", "patch", "delete"] as const;

/** The document, as it stands for every route the app has. */
export function describe(app: OpenAPIHono, version: string): object {
  const routes = new Set(
    app.openAPIRegistry.definitions.map((one) => ("route" in one ? one.route.path : "")),
  );
  for (const operation of sessionOperations) {
    if (!routes.has(operation.path)) app.openAPIRegistry.registerPath(operation);
  }
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Mailferry", version },
  });
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const operation: Operation | undefined = item[method];
      if (operation) complete(operation, method, path);
    }
  }
  return { ...document, components: { ...document.components, ...components } };
}

function complete(operation: Operation, method: (typeof methods)[number], path: string): void {
  operation.operationId ??= nameOf(method, path);
  const isChange = method !== "get";
  operation.security ??= [isChange ? { session: [], csrf: [] } : { session: [] }, { token: [] }];
  const statuses = [
    ...["400", "401", "403", "429", "503"],
    ...(path.includes("{") ? ["404"] : []),
    ...(isChange ? ["409", "412"] : []),
    ...(operation.requestBody === undefined ? [] : ["413", "415"]),
  ];
  const { responses } = operation;
  if (responses) for (const status of statuses) responses[status] ??= problem;
}

/** `post /api/queue/{id}/retry` is postQueueByIdRetry. */
function nameOf(method: string, path: string): string {
  const parts = path
    .replace(/^\/api\//, "")
    .split("/")
    .map((part) => (part.startsWith("{") ? `by-${part.slice(1, -1)}` : part));
  return [method, ...parts]
    .flatMap((part) => part.split("-"))
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
}
