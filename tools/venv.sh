#!/bin/sh
# Makes .venv with uv in it (or leaves uv out where there is one on PATH).
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "$*" >&2
  exit 1
}

new_enough() {
  command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if new_enough "$name"; then
      echo "$name"
      return
    fi
  done
  fail "Qunyu needs Python 3.11 or newer; install one, or name it: make install PYTHON=/path/to/python3"
}

# Debian splits ensurepip off into a package of its own.
add_pip() {
  if .venv/bin/python -m ensurepip >/dev/null 2>&1; then
    return
  fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -q && apt-get install -q -y --no-install-recommends python3-venv
    .venv/bin/python -m ensurepip >/dev/null && return
  fi
  fail "This Python has no ensurepip; install it (Debian: apt-get install python3-venv) and run make again"
}

if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  "$python" -m venv --without-pip .venv
  rm -rf .venv/.stamps
fi
if ! command -v uv >/dev/null 2>&1; then
  .venv/bin/python -m pip --version >/dev/null 2>&1 || add_pip
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
fi
