/** Which name an old server wants of a person: its local part, its address, or as a template says. */
import type { Credentials, OldServerAddress } from "./old-server.ts";

/** The form of name that last worked on a server, by "host:port". */
export type WorkingForms = Map<string, string>;

const commonForms = ["{address}", "{local}"] as const;

/**
 * The names to try, each with the form it was made by, most likely first; never more than two, because
 * every wrong one counts as a failed login on the old server.
 * @param workedBefore the form that worked for the last person on this server
 */
export function loginNames(
  server: Pick<OldServerAddress, "loginAs">,
  credentials: Pick<Credentials, "address" | "loginName">,
  workedBefore: string | null,
): readonly (readonly [form: string, name: string])[] {
  if (credentials.loginName !== null) return [[formOf(credentials.loginName), credentials.loginName]];
  const forms = server.loginAs !== null ? [server.loginAs] : ordered(workedBefore);
  return forms.map((form) => [form, fillIn(form, credentials.address)]);
}

/** Puts an address into a template of `{local}`, `{domain}` and `{address}`. */
export function fillIn(template: string, address: string): string {
  const at = address.lastIndexOf("@");
  return template
    .replaceAll("{address}", () => address)
    .replaceAll("{local}", () => address.slice(0, at))
    .replaceAll("{domain}", () => address.slice(at + 1));
}

function ordered(first: string | null): readonly string[] {
  return first === null ? commonForms : [first, ...commonForms.filter((form) => form !== first)];
}

function formOf(name: string): string {
  return name.includes("@") ? "{address}" : "{local}";
}
