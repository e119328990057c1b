#!/bin/bash
# The part of the official entry points that people rely on: make the data once from MARIADB_* or MYSQL_* variables
# (ROOT_PASSWORD, DATABASE, USER, PASSWORD, each also as _FILE), run initdb.d, then serve.
set -eo pipefail

value_of() {
  local name prefix
  for prefix in MARIADB MYSQL; do
    name=${prefix}_$1
    if [ -n "${!name:-}" ]; then
      echo "${!name}"
      return
    fi
    name=${name}_FILE
    if [ -n "${!name:-}" ]; then
      cat "${!name}"
      return
    fi
  done
}

quoted() { printf "'%s'" "$(sed "s/\\\\/\\\\\\\\/g; s/'/\\\\'/g" <<<"$1")"; }

make_data() {
  local root_password database user password pid
  root_password=$(value_of ROOT_PASSWORD) database=$(value_of DATABASE) user=$(value_of USER) password=$(value_of PASSWORD)
  if [ -z "$root_password$(value_of ALLOW_EMPTY_ROOT_PASSWORD)$(value_of ALLOW_EMPTY_PASSWORD)$(value_of RANDOM_ROOT_PASSWORD)" ]; then
    echo "Database is uninitialized and password option is not specified" >&2
    exit 1
  fi
  mariadb-install-db --datadir="$DATA" --auth-root-authentication-method=normal --skip-test-db >/dev/null
  mariadbd --datadir="$DATA" --skip-networking --socket=/run/mysqld/init.sock &
  pid=$!
  for _ in {1..100}; do
    if mariadb-admin --no-defaults --user=root --socket=/run/mysqld/init.sock --silent ping 2>/dev/null; then break; fi
    sleep 0.2
  done
  {
    echo "CREATE USER 'healthcheck'@'127.0.0.1';"
    [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    [ -z "$user" ] || echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
    [ -z "$user" ] || [ -z "$database" ] || echo "GRANT ALL ON \`$database\`.* TO $(quoted "$user")@'%';"
    echo "CREATE USER 'root'@'%' IDENTIFIED BY $(quoted "$root_password");"
    echo "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
    for file in /docker-entrypoint-initdb.d/*.sql; do
      [ ! -f "$file" ] || { [ -z "$database" ] || echo "USE \`$database\`;"; cat "$file"; }
    done
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$root_password");"
  } | mariadb --no-defaults --user=root --socket=/run/mysqld/init.sock
  kill "$pid"
  wait "$pid" || true
}

[ "${1:0:1}" != - ] || set -- mariadbd "$@"
case $1 in mariadbd | mysqld)
  DATA=/var/lib/mysql
  if [ "$(id -u)" = 0 ]; then
    chown -R mysql "$DATA" /run/mysqld
    exec setpriv --reuid=mysql --regid=mysql --clear-groups "${BASH_SOURCE[0]}" "$@"
  fi
  [ -d "$DATA/mysql" ] || make_data
  shift
  set -- mariadbd --datadir="$DATA" --bind-address=0.0.0.0 --skip-name-resolve "$@"
  ;;
esac
exec "$@"
