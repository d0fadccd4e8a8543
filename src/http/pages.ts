/**
 * The administrator's pages and the user's page as the build left them: a few files, held in memory. Nothing else of
 * the disk can be asked for, whatever a path says.
 */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";

interface PageFile {
  readonly octets: Buffer;
  readonly zipped: Buffer;
  readonly type: string;
  readonly tag: string;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};
const built = new URL("../../web/dist/", import.meta.url);
const notBuilt = "The pages are not built: npm run build makes them.\n";

/** The pages and their files. Where they are not built, every request hears so. */
export function pages() {
  const files = readFiles();
  const entries = { "/": files.get("index.html"), "/my": files.get("my.html") };
  const site = new Hono();
  site.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'nonce-__NONCE__'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        fontSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: "DENY",
      strictTransportSecurity: false,
    }),
  );
  site.on("GET", ["/", "/my"], async (context) => {
    const index = entries[context.req.path === "/my" ? "/my" : "/"];
    if (index === undefined) return context.text(notBuilt, 404);
    const nonce = randomBytes(16).toString("base64");
    return context.html(index.octets.toString().replace("__NONCE__", nonce), 200, {
      "cache-control": "no-cache",
      "x-nonce": nonce,
    });
  });
  site.get("/assets/:name", (context) => {
    const file = files.get(`assets/${context.req.param("name")}`);
    return file === undefined ? context.notFound() : send(context, file);
  });
  return (request: Request) => withNonce(site.fetch(request));
}

/** The policy names the nonce of this answer; the header that carried it here goes no further. */
async function withNonce(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  const nonce = response.headers.get("x-nonce");
  response.headers.delete("x-nonce");
  const policy = response.headers.get("content-security-policy") ?? "";
  const own = nonce === null ? policy.replace(" 'nonce-__NONCE__'", "") : policy.replace("__NONCE__", nonce);
  response.headers.set("content-security-policy", own);
  return response;
}

/** Names of built files hold a hash of their content, so a browser may keep them for ever. */
function send(context: Context, { octets, zipped, type, tag }: PageFile): Response {
  const zips = /\bgzip\b/.test(context.req.header("accept-encoding") ?? "");
  const always = {
    "cache-control": "public, max-age=31536000, immutable",
    etag: tag,
    vary: "accept-encoding",
  };
  if (context.req.header("if-none-match") === tag) return context.body(null, 304, always);
  const encoding: Record<string, string> = zips ? { "content-encoding": "gzip" } : {};
  return context.body(new Uint8Array(zips ? zipped : octets), 200, {
    ...always,
    ...encoding,
    "content-type": type,
  });
}

function readFiles(): ReadonlyMap<string, PageFile> {
  const found = new Map<string, PageFile>();
  for (const name of [...list(""), ...list("assets/")]) {
    const type = types[name.slice(name.lastIndexOf(".") + 1)];
    if (type === undefined) continue;
    const octets = readFileSync(new URL(name, built));
    const tag = `"${createHash("sha256").update(octets).digest("base64url").slice(0, 22)}"`;
    found.set(name, { octets, zipped: gzipSync(octets), type, tag });
  }
  return found;
}

function list(folder: string): string[] {
  try {
    return readdirSync(new URL(folder, built)).map((name) => `${folder}${name}`);
  } catch {
    return [];
  }
}
