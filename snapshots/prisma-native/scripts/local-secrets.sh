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

# value FILE NAME
value() { sed -n "s/^$2=//p" "$1"; }

# follow FILE NAME VALUE: writes the line anew, because it repeats what stands elsewhere.
follow() {
  touch "$1"
  grep -v "^$2=" "$1" >"$1.new" || true
  printf '%s=%s\n' "$2" "$3" >>"$1.new"
  mv "$1.new" "$1"
}

once postgres.env POSTGRES_PASSWORD "$(random)"
follow accounts.env DATABASE_URL postgresql://accounts:"$(value postgres.env POSTGRES_PASSWORD)"@postgres:5432/accounts
once accounts.env JWT_SECRET "$(random)"
