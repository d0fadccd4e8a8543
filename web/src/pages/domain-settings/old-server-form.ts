/** An old server as the form's fields have it, and as the API takes it. */
export interface OldServerText {
  readonly from: string;
  readonly tls: string;
  readonly loginAs: string | null;
}

export const links = ["stls", "tls", "clear"] as const;
export const certificates = ["verify", "expired", "pin"] as const;
export const logins = ["both", "local", "address", "other"] as const;
export const versions = ["", "1.3", "1.1", "1.0"] as const;

export interface OldServerFields {
  readonly host: string;
  readonly port: string;
  readonly link: (typeof links)[number];
  readonly certificate: (typeof certificates)[number];
  readonly pin: string;
  /** Oldest TLS version; empty: the usual one. */
  readonly oldest: string;
  readonly login: (typeof logins)[number];
  readonly template: string;
}

const usualPort = { stls: "110", clear: "110", tls: "995" } as const;

/** The fields of an old server as the API writes it; empty ones for what cannot be read. */
export function oldServerFields({ from, tls, loginAs }: OldServerText): OldServerFields {
  const [, scheme = "pop3", host = "", port = ""] =
    /^(pop3s?):\/\/(\[[^\]]+\]|[^:/]*)(?::(\d+))?\/?$/.exec(from) ?? [];
  const [mode = "verify", ...words] = tls.split(",");
  const link = scheme === "pop3s" ? "tls" : mode === "none" ? "clear" : "stls";
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: port === usualPort[link] ? "" : port,
    link,
    certificate: mode.startsWith("pin=") ? "pin" : words.includes("allow-expired") ? "expired" : "verify",
    pin: mode.startsWith("pin=") ? mode.slice(4) : "",
    oldest: words.find((word) => word.startsWith("min="))?.slice(4) ?? "",
    login:
      loginAs === null
        ? "both"
        : loginAs === "{local}"
          ? "local"
          : loginAs === "{address}"
            ? "address"
            : "other",
    template: loginAs ?? "",
  };
}

/** What the API takes. */
export function oldServerText(fields: OldServerFields): OldServerText {
  const host = fields.host.trim();
  const named = host.includes(":") ? `[${host}]` : host;
  const port = fields.port.trim() || usualPort[fields.link];
  const policy =
    fields.certificate === "pin"
      ? `pin=${fields.pin.replace(/[^0-9a-f]/gi, "").toLowerCase()}`
      : fields.certificate === "expired"
        ? "verify,allow-expired"
        : "verify";
  const oldest = fields.oldest === "" ? "" : `,min=${fields.oldest}`;
  return {
    from: `${fields.link === "tls" ? "pop3s" : "pop3"}://${named}:${port}`,
    tls: fields.link === "clear" ? "none" : policy + oldest,
    loginAs: { both: null, local: "{local}", address: "{address}", other: fields.template }[fields.login],
  };
}

/** An old server that nobody has described yet. */
export const noOldServer: OldServerFields = oldServerFields({ from: "", tls: "verify", loginAs: null });
