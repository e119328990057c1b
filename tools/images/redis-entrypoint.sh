#!/bin/sh
# As the official entry point: options alone go to redis-server, root is given up. Protected mode, which the official
# build compiles off, is switched off here; whatever the caller says comes later and wins.
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- redis-server "$@"; fi
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' + 2>/dev/null || true
  exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
fi
if [ "$1" = redis-server ]; then
  shift
  case ${1:-} in
    '' | -*) set -- redis-server --protected-mode no "$@" ;;
    *)
      file=$1
      shift
      set -- redis-server "$file" --protected-mode no "$@"
      ;;
  esac
fi
exec "$@"
