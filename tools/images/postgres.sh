# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="postgres:VERSION: Debian's server (trixie 17, sid 18), POSTGRES_* and _FILE variables, initdb.d, user 999"
# From 18 on, the official image keeps its data one level deeper.
case ${VERSION:-17} in
  18*) SUITE=sid DATA=/var/lib/postgresql/18/docker VOLUME=/var/lib/postgresql ;;
  *) SUITE=trixie DATA=/var/lib/postgresql/data VOLUME=/var/lib/postgresql/data ;;
esac
EXTRA=(postgresql postgresql-client)
ACCOUNTS=(postgres:999:999)
# Compiled queries are optional, and their compiler is as large as all the rest.
SLIM+=(--exclude='./usr/lib/*/libLLVM*' --exclude='./usr/lib/*/libz3*' --exclude='./usr/lib/postgresql/*/lib/llvmjit*' --exclude='*/bitcode')
CONFIG=("VOLUME $VOLUME" 'EXPOSE 5432' 'STOPSIGNAL SIGINT' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["postgres"]')

fill() {
  local root=$1 programs
  programs=$(echo "$root"/usr/lib/postgresql/*/bin)
  [ -x "$programs/initdb" ] || die "Debian $SUITE has no single PostgreSQL"
  VARIABLES=("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${programs#"$root"}" "PGDATA=$DATA" LANG=C.UTF-8)
  # Debian's own pg_* wrappers look for clusters that are not there; the real programs take their place.
  for file in "$programs"/*; do ln -sf "/${file#"$root"/}" "$root/usr/local/bin/${file##*/}"; done
  mkdir -p "$root$DATA" "$root/run/postgresql" "$root/docker-entrypoint-initdb.d"
  chown -R 999:999 "$root/var/lib/postgresql" "$root/run/postgresql"
  chmod 1777 "$root$DATA"
  chmod 3777 "$root/run/postgresql"
  install -m 755 "$HERE/images/postgres-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
}
