#!/bin/sh
# As the official entry point: give up root, then run. The broker itself reads RABBITMQ_DEFAULT_USER, _PASS and _VHOST.
set -e
export RABBITMQ_LOGS=-
case $1 in rabbitmq*)
  if [ "$(id -u)" = 0 ]; then
    [ "$1" != rabbitmq-server ] || chown -R rabbitmq /var/lib/rabbitmq
    exec setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups "$0" "$@"
  fi
  ;;
esac
exec "$@"
