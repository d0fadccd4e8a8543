/**
 * What the web listener shows to anybody: whether the server lives, and the settings that mail programs ask for
 * before they have a password. It tells nothing about who has a mailbox: every address of a domain that is at home
 * here gets the same settings.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import type { DirectoryStore } from "#directory/directory-store";
import { type Address, formatAddress, parseAddress } from "#mail/address";
import type { Log } from "#observe/log";
import { autodiscoverAddress, autodiscoverAnswer, autodiscoverRefusal } from "./autoconfig/autodiscover.ts";
import { type MailServer, mailServers, type OpenListener } from "./autoconfig/mail-server.ts";
import { mobileConfig } from "./autoconfig/mobileconfig.ts";
import { mozillaConfig } from "./autoconfig/mozilla.ts";

export interface PublicSite {
  readonly hostname: string;
  readonly hasTls: boolean;
  /** Those that are open by now. */
  readonly listeners: readonly OpenListener[];
  readonly directory: Pick<DirectoryStore, "domain">;
  /** Resolves when mail can be taken and given; rejects, or takes too long, when not. */
  readonly check: () => Promise<unknown>;
  readonly log: Log;
}

/** Octets of an Autodiscover request; Outlook's have under a thousand. */
const largestRequest = 16 * 1024;
/** How long /readyz waits for the store. */
const patienceMilliseconds = 2000;
const xml = { "content-type": "application/xml; charset=utf-8" };

/**
 * Nothing may be loaded or framed. That TLS is used is not demanded for the future: other programs may answer under
 * this host's name, on other ports.
 */
export const headers = {
  contentSecurityPolicy: { defaultSrc: ["'none'"] },
  xFrameOptions: "DENY",
  strictTransportSecurity: false,
};

/** Health and automatic settings, as one handler of requests. */
export function publicSite(parts: PublicSite) {
  const site = new Hono();
  site.use(secureHeaders(headers));
  site.use(
    bodyLimit({
      maxSize: largestRequest,
      onError: (context) => context.text("The request is larger than 16 KB.\n", 413),
    }),
  );
  site.notFound((context) => context.text("Not here.\n", 404));
  site.onError((error, context) => {
    parts.log.error({ err: error, path: context.req.path }, "a request from the web failed");
    return context.text("The server failed inside; its log says more.\n", 500);
  });

  site.get("/healthz", (context) => context.text("ok\n"));
  site.get("/readyz", async (context) =>
    (await isReady(parts.check)) ? context.text("ready\n") : context.text("not ready\n", 503),
  );

  const mozilla = async (name: string) =>
    (await isHome(parts, name)) ? mozillaConfig(name, servers(parts)) : null;
  for (const path of ["/.well-known/autoconfig/mail/config-v1.1.xml", "/mail/config-v1.1.xml"]) {
    site.get(path, async (context) => {
      const asked = parseAddress(context.req.query("emailaddress") ?? "");
      const named = new URL(context.req.url).hostname.replace(/^autoconfig\./, "");
      const answer = await mozilla(asked?.domain ?? named);
      return answer === null ? context.notFound() : context.body(answer, 200, xml);
    });
  }

  // Programs write the path in one case or the other.
  site.post("/:folder{[Aa]uto[Dd]iscover}/:file{[Aa]uto[Dd]iscover\\.xml}", async (context) => {
    const asked = parseAddress(autodiscoverAddress(await context.req.text()) ?? "");
    if (asked === null)
      return context.body(autodiscoverRefusal(600, "The request names no address."), 200, xml);
    if (!(await isHome(parts, asked.domain)))
      return context.body(autodiscoverRefusal(500, `${asked.domain} is not at home here.`), 200, xml);
    return context.body(autodiscoverAnswer(formatAddress(asked), servers(parts)), 200, xml);
  });

  site.get("/mail.mobileconfig", async (context) => {
    const asked = parseAddress(context.req.query("address") ?? "");
    const profile = asked && (await profileOf(parts, asked));
    if (!profile) return context.notFound();
    return context.body(profile, 200, {
      "content-type": "application/x-apple-aspen-config; charset=utf-8",
      "content-disposition": 'attachment; filename="mail.mobileconfig"',
    });
  });
  return site;
}

function servers({ hostname, listeners, hasTls }: PublicSite): readonly MailServer[] {
  return mailServers(hostname, listeners, hasTls);
}

async function profileOf(parts: PublicSite, address: Address): Promise<string | null> {
  if (!(await isHome(parts, address.domain))) return null;
  return mobileConfig(formatAddress(address), parts.hostname, servers(parts));
}

/** Whether people of that domain have their mail here; an alias of such a domain is one, too. */
async function isHome({ directory }: PublicSite, name: string): Promise<boolean> {
  const domain = await directory.domain(name.toLowerCase());
  if (domain?.kind !== "alias") return domain?.kind === "local";
  return (await directory.domain(domain.target))?.kind === "local";
}

async function isReady(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMilliseconds);
  });
  const ready = check().then(
    () => true,
    () => false,
  );
  return await Promise.race([ready, late]).finally(() => clearTimeout(timer));
}
