#!/bin/sh
# Renews requirements/*.lock and package-lock.json. UPGRADE=1 takes newer releases; without it only what pyproject.toml asks for moves.
# The locks are universal: one file serves Python 3.11 to 3.13 on Linux and macOS, through markers, one version of each package wherever possible.
set -eu
cd "$(dirname "$0")/.."

compile() {
  name=$1
  shift
  tools/uv.sh pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest ${UPGRADE:+--upgrade} \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file "requirements/$name.lock" "$@"
}

# uv.lock comes first: from then on the uv that is pinned there does the work.
compile uv --group uv
tools/venv.sh

compile node --group node
compile base pyproject.toml --all-extras --group build
compile test pyproject.toml --all-extras --group build --group test --constraint requirements/base.lock
compile bench pyproject.toml --group build --group bench --constraint requirements/test.lock

npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error
