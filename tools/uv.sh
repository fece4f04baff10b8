#!/bin/sh
# Runs uv on .venv. uv does not read pip's configuration, so an index and a certificate set for pip are handed on.
set -eu
cd "$(dirname "$0")/.."

setting() {
  .venv/bin/python -m pip config get "$1" 2>/dev/null || python3 -m pip config get "$1" 2>/dev/null || true
}

if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
  index=${PIP_INDEX_URL:-$(setting global.index-url)}
  [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
fi
if [ -z "${SSL_CERT_FILE:-}" ]; then
  certificate=${PIP_CERT:-$(setting global.cert)}
  [ -z "$certificate" ] || export SSL_CERT_FILE="$certificate"
fi

uv=.venv/bin/uv
[ -x "$uv" ] || uv=uv
VIRTUAL_ENV="$PWD/.venv" exec "$uv" "$@"
