import { LOOPBACK } from "../loopback.ts";
import type { PostfixOptions } from "./postfix.ts";

/** main.cf of a private instance in `directory`. */
export function mainCf(directory: string, options: PostfixOptions): string {
  const etc = `${directory}/etc`;
  return `
compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
maillog_file = ${directory}/log
maillog_file_prefixes = ${directory}
syslog_name = postfix
myhostname = ${options.hostname ?? `old.${options.domain}`}
inet_interfaces = ${LOOPBACK}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = ${options.domain}
virtual_mailbox_base = ${options.mailRoot}
virtual_mailbox_maps = hash:${etc}/mailboxes
virtual_alias_maps = hash:${etc}/aliases
virtual_uid_maps = hash:${etc}/uids
virtual_gid_maps = hash:${etc}/gids
virtual_minimum_uid = 1
virtual_mailbox_lock = fcntl, dotlock
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 0
local_header_rewrite_clients =
default_transport = retry:4.4.1 nothing leaves this machine
relay_transport = retry:4.4.1 nothing leaves this machine
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
notify_classes =
biff = no
disable_dns_lookups = yes
${options.extra ?? ""}
`;
}

/** master.cf with smtpd on `port`, nothing chrooted. */
export function masterCf(port: number): string {
  return `
${LOOPBACK}:${port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;
}
