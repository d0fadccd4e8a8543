#!/bin/sh
# Puts Debian's Chromium on this machine (root), and the real old server of the walk-through with all that
# test/interop needs. Quick when it is there; ends with 0 only when it is there.
set -eu
[ -x /usr/bin/chromium ] || {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
}
[ -x /usr/bin/chromium ] || {
  echo "test/browser/install.sh: Chromium is not there" >&2
  exit 1
}
sh test/interop/install.sh
