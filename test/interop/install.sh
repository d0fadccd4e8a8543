#!/bin/sh
# Puts the real old servers and the real mail programs on this machine (Debian, root).
# Quick when everything is there; ends with 0 only when everything is there.
# Debian's packages of Dovecot, popa3d, Courier POP3, GNU pop3d and Cyrus exclude one another, so all but the first are
# unpacked beside the system instead of installed: $PEERS/popa3d, $PEERS/courier-pop, $PEERS/mailutils-pop3d and,
# with what it needs, $PEERS/cyrus.
set -eu

PEERS=${MAILFERRY_INTEROP_PEERS:-/var/lib/mailferry-interop}
PACKAGES="dovecot-pop3d dovecot-imapd dovecot-lmtpd postfix
  courier-base courier-authdaemon courier-authlib-userdb libmailutils9 libmu-dbm9
  mpop fetchmail getmail6 swaks curl strace python3 openssl passwd
  neomutt isync offlineimap3 libmail-imapclient-perl libio-socket-ssl-perl bsdutils
  thunderbird xvfb xdotool imagemagick"
UNPACKED="popa3d courier-pop mailutils-pop3d cyrus"
CYRUS="cyrus-imapd cyrus-common libical3 libzephyr4"

missing_packages() {
  for name in $PACKAGES; do
    [ "$(dpkg-query -W -f '${Status}' "$name" 2>/dev/null)" = "install ok installed" ] || echo "$name"
  done
}

missing_unpacked() {
  for name in $UNPACKED; do
    [ -e "$PEERS/$name/.complete" ] || echo "$name"
  done
}

fail() {
  echo "test/interop/install.sh: $1" >&2
  exit 1
}

# A package's maintainer scripts start its services unless policy-rc.d forbids it. Nothing may be started
# here: the tests run instances of their own, and port 25 of this machine is none of their business.
POLICY=/usr/sbin/policy-rc.d
OUR_POLICY=no
cleanup() { if [ "$OUR_POLICY" = yes ]; then rm -f "$POLICY"; fi; }
trap cleanup EXIT INT TERM
forbid_services() {
  [ -e "$POLICY" ] && return 0
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
  OUR_POLICY=yes
}

# Postfix from apt keeps no configuration of its own ("No configuration"): every instance is a test's.
install_packages() {
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold $1 </dev/null
}

unpack() {
  work=$(mktemp -d)
  chmod 755 "$work"
  wanted=$1
  [ "$1" != cyrus ] || wanted=$CYRUS
  # shellcheck disable=SC2086
  (cd "$work" && apt-get download -q -o APT::Sandbox::User=root $wanted)
  rm -rf "${PEERS:?}/$1"
  mkdir -p "$PEERS/$1"
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$PEERS/$1"; done
  touch "$PEERS/$1/.complete"
  rm -rf "$work"
}

# What popa3d's own postinst would have set up: the user it drops to, its empty directory, its PAM service.
prepare_popa3d() {
  getent passwd popa3d >/dev/null ||
    useradd --system --home-dir /var/lib/popa3d --no-create-home --shell /usr/sbin/nologin popa3d
  mkdir -p /var/lib/popa3d
  [ -e /etc/pam.d/popa3d ] || cp "$PEERS/popa3d/etc/pam.d/popa3d" /etc/pam.d/popa3d
}

packages=$(missing_packages)
unpacked=$(missing_unpacked)
if [ -n "$packages$unpacked" ]; then
  command -v apt-get >/dev/null || fail "needs Debian's apt-get to install: $packages $unpacked"
  [ "$(id -u)" = 0 ] || fail "needs root to install: $packages $unpacked"
  forbid_services
  apt-get update -q
  [ -z "$packages" ] || install_packages "$packages"
  for name in $unpacked; do unpack "$name"; done
fi
[ "$(id -u)" = 0 ] || fail "the peers need root: Postfix, popa3d and Courier switch users"
prepare_popa3d

left="$(missing_packages) $(missing_unpacked)"
[ "$left" = " " ] || fail "still missing: $left"
echo "interop peers: all there"
