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

# given FILE NAME PLACE: a value that only a person knows.
missing=
given() {
  once "$1" "$2" ''
  if grep -q "^$2=$" "$1"; then missing="$missing  $2 in .secrets/$1 (read at $3)
"; fi
}

given rates.env RATES_API_KEY src/env.ts:10

if [ -n "$missing" ]; then
  printf 'Fill in, then run this again:\n%s' "$missing" >&2
  exit 1
fi
