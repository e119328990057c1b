# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="prom/VERSION and other exporters (sid): prometheus, alertmanager, node-exporter, …; no shell, user 65534"
SUITE=sid
BARE=1
DATA=
case ${VERSION:-prometheus} in
  prometheus) PROGRAM=prometheus DATA=/prometheus PORT=9090 EXTRA=(prometheus promtool) ;;
  alertmanager) PROGRAM=prometheus-alertmanager DATA=/alertmanager PORT=9093 EXTRA=(prometheus-alertmanager) ;;
  node-exporter) PROGRAM=prometheus-node-exporter PORT=9100 ;;
  blackbox-exporter) PROGRAM=prometheus-blackbox-exporter PORT=9115 ;;
  postgres-exporter) PROGRAM=prometheus-postgres-exporter PORT=9187 ;;
  mysqld-exporter) PROGRAM=prometheus-mysqld-exporter PORT=9104 ;;
  redis-exporter) PROGRAM=prometheus-redis-exporter PORT=9121 ;;
  *) die "no such program of Prometheus: $VERSION" ;;
esac
PACKAGES=(base-files netbase tzdata ca-certificates libc6)
[ ${#EXTRA[@]} -gt 0 ] || EXTRA=("$PROGRAM")
SLIM+=(--exclude=./usr/share/zoneinfo/right --exclude=./lib/systemd --exclude=./usr/lib/systemd)
VARIABLES=(PATH=/bin:/usr/bin)
CONFIG=('USER 65534' "EXPOSE $PORT" "ENTRYPOINT [\"/bin/$PROGRAM\"]")
[ -z "$DATA" ] || CONFIG+=("VOLUME $DATA" "WORKDIR $DATA")

fill() {
  local loader
  [ -x "$1/usr/bin/$PROGRAM" ] || die "Debian $SUITE has no $PROGRAM"
  # The loader's own place, which is a link of a package that was not configured.
  loader=$(echo "$1"/usr/lib/*/ld-linux-*.so.*)
  [ -e "$1/lib64/$(basename "$loader")" ] || ln -s "${loader#"$1"}" "$1/lib64/$(basename "$loader")"
  [ -z "$DATA" ] || { mkdir -p "$1$DATA" && chown 65534:65534 "$1$DATA"; }
}
