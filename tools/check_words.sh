#!/bin/sh
# Finds what may not be committed: the host of a package registry, or a path of one machine.
set -eu
cd "$(dirname "$0")/.."

if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  echo "Not a git work tree: the check for registry hosts and machine paths is left out." >&2
  exit 0
fi

hosts='://[^/ "]*(py.?pi|hosted|npm|debian)[^/ "]*'
folders='(^|[^a-zA-Z0-9._~-])/(work|farm|root|home|tmp|Users)/[a-zA-Z.]'
if git grep --untracked -nIE -e "$hosts" -e "$folders" -- .; then
  echo "These lines name a registry's host or a path of one machine; write it another way." >&2
  exit 1
fi
