# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="redis:VERSION: Debian's server (trixie, 8.0), user 999, /data"
SUITE=trixie
EXTRA=(redis-server redis-tools)
ACCOUNTS=(redis:999:1000)
CONFIG=('VOLUME /data' 'WORKDIR /data' 'EXPOSE 6379' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["redis-server"]')

fill() {
  mkdir -p "$1/data"
  chown 999:1000 "$1/data"
  install -m 755 "$HERE/images/redis-entrypoint.sh" "$1/usr/local/bin/docker-entrypoint.sh"
}
