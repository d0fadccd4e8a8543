import { useSyncExternalStore } from "react";

/** The pages that show one thing of many: what they show stands in the address behind their name. */
const withSubject = ["set-up", "domain", "domain-settings", "mailboxes", "mailbox", "cutover"] as const;
/** The pages there is one of. */
const alone = ["overview", "guide", "domains", "queue", "log", "settings"] as const;

/** Which page is shown: it stands behind the # of the address, so the server never sees it. */
export type Route =
  | { readonly page: (typeof alone)[number] }
  | { readonly page: (typeof withSubject)[number]; readonly subject: string };
export type PageName = Route["page"];

/** Reads what stands behind the #; what is no page of ours is the overview. */
export function routeOf(hash: string): Route {
  const [page = "", subject = ""] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  const named = withSubject.find((name) => name === page);
  if (named !== undefined && subject !== "") return { page: named, subject };
  return { page: alone.find((name) => name === page) ?? "overview" };
}

/** The address of a page. */
export function href(page: PageName, subject?: string): string {
  if (page === "overview") return "#/";
  return subject === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(subject)}`;
}

/** The page of the moment. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return routeOf(hash);
}

function listen(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
