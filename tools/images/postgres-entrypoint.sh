#!/bin/bash
# The part of the official entry point that people rely on: make the cluster once from POSTGRES_USER, POSTGRES_PASSWORD,
# POSTGRES_DB (each also as _FILE), POSTGRES_INITDB_ARGS and POSTGRES_HOST_AUTH_METHOD, run initdb.d, then serve.
set -eo pipefail

from_file() {
  local file=$1_FILE
  if [ -n "${!file:-}" ]; then export "$1=$(<"${!file}")"; fi
}

make_cluster() {
  local auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256} args=()
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$auth" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified (POSTGRES_PASSWORD)." >&2
    exit 1
  fi
  [ -z "${POSTGRES_INITDB_ARGS:-}" ] || read -ra args <<<"$POSTGRES_INITDB_ARGS"
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-none}") "${args[@]}"
  printf '\nhost all all all %s\n' "$auth" >>"$PGDATA/pg_hba.conf"
  pg_ctl -w -o "-c listen_addresses='' -p 5432" start
  export PGPASSWORD=${POSTGRES_PASSWORD:-}
  [ "$POSTGRES_DB" = postgres ] || createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$file" ;;
      *.sql.gz) gunzip -c "$file" | psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB" ;;
      *.sh)
        # shellcheck source=/dev/null
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
    esac
  done
  pg_ctl -w -m fast stop
  unset PGPASSWORD
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /run/postgresql
    chown -R postgres "$PGDATA" /run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "${BASH_SOURCE[0]}" "$@"
  fi
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA" 2>/dev/null || true
  for name in POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_INITDB_ARGS; do from_file "$name"; done
  POSTGRES_USER=${POSTGRES_USER:-postgres}
  POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}
  [ -s "$PGDATA/PG_VERSION" ] || make_cluster
  shift
  set -- postgres -c listen_addresses='*' "$@"
fi
exec "$@"
