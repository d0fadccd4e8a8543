/** The three kinds of domain, as plain data. Names are lower-case A-labels. */
import type { NextHop, TlsPolicy } from "#mail/next-hop";
import type { Pipe } from "#mail/pipe";

/** What a local domain does with mail for an address that has no mailbox and no alias here. */
export type UnknownUsers =
  | { readonly rule: "reject" }
  | { readonly rule: "defer" }
  | { readonly rule: "postmaster" }
  | { readonly rule: "forward"; readonly address: string }
  | { readonly rule: "pipe"; readonly pipe: Pipe };

/** Mail for it lives here. */
export interface LocalDomain {
  readonly kind: "local";
  readonly name: string;
  readonly unknownUsers: UnknownUsers;
}

/** A route, not an address space of ours. */
export interface RemoteDomain {
  readonly kind: "remote";
  readonly name: string;
  /** Fixed delivery hosts in order of preference; empty: the MX of the name. */
  readonly hosts: readonly NextHop[];
  readonly tls: TlsPolicy;
  readonly deliver: "immediately" | "hold";
}

/** Another name for a local domain. */
export interface AliasDomain {
  readonly kind: "alias";
  readonly name: string;
  readonly target: string;
}

export type Domain = LocalDomain | RemoteDomain | AliasDomain;
