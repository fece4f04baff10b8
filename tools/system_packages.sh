#!/bin/sh
# Installs what the browser tests need from Debian: chromium, and a font with Chinese characters. Without apt or root it says so.
set -eu

missing=
command -v chromium >/dev/null 2>&1 || missing=" chromium"
if [ -z "$(find /usr/share/fonts -iname '*NotoSansCJK*' -print -quit 2>/dev/null)" ]; then
  missing="$missing fonts-noto-cjk"
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the browser tests:$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q -o DPkg::Lock::Timeout=300 update
  # shellcheck disable=SC2086
  exec apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing
fi

echo "Missing for the browser tests:$missing. They are skipped without it; on Debian: sudo apt-get install$missing" >&2
[ -z "${CI:-}" ]
