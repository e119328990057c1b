# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="mariadb:VERSION, and mysql:VERSION by MySQL's names: Debian's MariaDB (trixie, 11.8), MARIADB_* and MYSQL_*"
SUITE=trixie
EXTRA=(mariadb-server-core mariadb-client)
ACCOUNTS=(mysql:999:999)
CONFIG=('VOLUME /var/lib/mysql' 'EXPOSE 3306' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["mariadbd"]')

fill() {
  local dir name
  for dir in /var/lib/mysql /run/mysqld; do
    mkdir -p "$1$dir" "$1/etc/mysql/conf.d" "$1/docker-entrypoint-initdb.d"
    chown 999:999 "$1$dir"
    chmod 1777 "$1$dir"
  done
  for name in mysqld:mariadbd mysql:mariadb mysqladmin:mariadb-admin mysqldump:mariadb-dump; do
    for dir in /usr/sbin /usr/bin; do
      [ ! -e "$1$dir/${name#*:}" ] || ln -sf "$dir/${name#*:}" "$1/usr/local/bin/${name%:*}"
    done
  done
  install -m 755 "$HERE/images/mariadb-entrypoint.sh" "$1/usr/local/bin/docker-entrypoint.sh"
  install -m 755 "$HERE/images/mariadb-healthcheck-entrypoint.sh" "$1/usr/local/bin/healthcheck.sh"
}
