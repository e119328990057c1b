# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="rabbitmq:VERSION: Debian's broker (trixie, 4.0), RABBITMQ_DEFAULT_* variables, user 999"
SUITE=trixie
EXTRA=(rabbitmq-server)
ACCOUNTS=(rabbitmq:999:999)
VARIABLES+=(LANG=C.UTF-8 HOME=/var/lib/rabbitmq RABBITMQ_DATA_DIR=/var/lib/rabbitmq)
CONFIG=('VOLUME /var/lib/rabbitmq' 'EXPOSE 5672 15672' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["rabbitmq-server"]')

fill() {
  local root=$1 programs file
  programs=$(echo "$root"/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin)
  [ -d "$programs" ] || die "no single RabbitMQ in Debian $SUITE"
  # Debian's wrappers in /usr/sbin change users; the broker's own scripts do not.
  for file in "$programs"/*; do ln -sf "/${file#"$root"/}" "$root/usr/local/bin/${file##*/}"; done
  mkdir -p "$root/etc/rabbitmq/conf.d" "$root/var/lib/rabbitmq" "$root/var/log/rabbitmq"
  echo 'loopback_users = none' >"$root/etc/rabbitmq/conf.d/10-look-alike.conf"
  chown -R 999:999 "$root/var/lib/rabbitmq" "$root/var/log/rabbitmq" "$root/etc/rabbitmq"
  sed -i 's|^rabbitmq:\(.*\):/home/rabbitmq:|rabbitmq:\1:/var/lib/rabbitmq:|' "$root/etc/passwd"
  install -m 755 "$HERE/images/rabbitmq-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
}
