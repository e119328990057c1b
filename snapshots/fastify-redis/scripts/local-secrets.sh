#!/bin/sh
# Makes the secrets of the local stack in .secrets (git-ignored). Never changes a value that is there, so it can run every time.
# Usage: sh scripts/local-secrets.sh
set -eu
umask 077

if [ "${1:-}" = --help ]; then
  sed -n '2,3s/^# //p' "$0"
  exit
fi
cd "$(dirname "$0")/.."
mkdir -p .secrets
cd .secrets

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# has FILE NAME
has() { [ -f "$1" ] && grep -q "^$2=" "$1"; }

# once FILE NAME VALUE: adds the line unless the name is there.
once() { has "$1" "$2" || printf '%s=%s\n' "$2" "$3" >>"$1"; }

once rates.env RATES_API_KEY "$(random)"
