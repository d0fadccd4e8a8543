import { useSyncExternalStore } from "react";

/** Which page is shown: it stands behind the # of the address, so the server never sees it. */
export type Route =
  | { readonly page: "overview" }
  | { readonly page: "domain"; readonly domain: string }
  | { readonly page: "set-up"; readonly token: string };

/** Reads what stands behind the #; what is no page of ours is the overview. */
export function routeOf(hash: string): Route {
  const [page = "", subject = ""] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (page === "domain" && subject !== "") return { page, domain: subject };
  if (page === "set-up") return { page, token: subject };
  return { page: "overview" };
}

/** The address of a domain's page. */
export function domainHref(domain: string): string {
  return `#/domain/${encodeURIComponent(domain)}`;
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
