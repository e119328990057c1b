#!/bin/bash
# docker-engine.sh: a private Docker engine (dockerd with BuildKit, buildx, compose v2) in a folder of its own.
#
#   docker-engine.sh unpack DIR [SUITE...]      take it from Debian (default: sid, else trixie); no package is installed
#   docker-engine.sh start DIR [--owner PID]    start it; with owners it stops by itself when the last of them is gone
#   docker-engine.sh release DIR PID            give an owner's share back early
#   docker-engine.sh stop DIR                   stop it now, and remove its containers, networks and volumes
#   docker-engine.sh status DIR                 exit code 0 when it runs
#
# Use it by DIR/docker, which is the command line client bound to this engine. Linux, root, apt. The engine neither
# writes firewall rules nor makes a default bridge nor listens on TCP, so containers have no way out: build with
# `--network host`, run with `--network host` or on a network of Compose. Images and the build cache stay in DIR/data.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/lib/log.sh"
. "$HERE/lib/debian.sh"

# --- unpacking ---------------------------------------------------------------------------------------------------

PROGRAMS=(usr/bin/docker usr/sbin/dockerd usr/sbin/docker-proxy usr/bin/docker-init usr/bin/containerd
  usr/bin/containerd-shim-runc-v2 usr/sbin/runc usr/bin/runc
  usr/sbin/xtables-nft-multi usr/sbin/xtables-legacy-multi)
PLUGINS=(docker-buildx docker-compose)

unpack_from() {
  local suite=$1 dir=$2 work=$2/apt patchelf name
  rm -rf "$dir/root" "$work"
  mkdir -p "$dir"/{bin,cfg/cli-plugins,run/owners}
  debian_open "$suite" "$work" || return 1
  debian_download "$work" docker.io docker-cli docker-buildx docker-compose || return 1
  debian_unpack "$work" "$dir/root" --exclude='./usr/share/*' || return 1
  debian_close "$work"
  patchelf=$(debian_patchelf "$dir/patchelf") || return 1
  for name in "${PROGRAMS[@]}"; do
    [ ! -f "$dir/root/$name" ] || debian_relocate "$patchelf" "$dir/root" "$name" "$dir/bin/${name##*/}" || return 1
  done
  for name in "${PLUGINS[@]}"; do
    debian_relocate "$patchelf" "$dir/root" "usr/libexec/docker/cli-plugins/$name" "$dir/cfg/cli-plugins/$name" || return 1
  done
  write_iptables "$dir"
  rm -rf "$dir"/root/usr/{bin,sbin,libexec} # only the libraries are needed from here on
  cat >"$dir/docker" <<EOC
#!/bin/sh
export DOCKER_CONFIG='$dir/cfg' DOCKER_HOST='unix://$dir/run/docker.sock'
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
exec '$dir/bin/docker' "\$@"
EOC
  chmod 755 "$dir/docker"
  "$dir/docker" --version >/dev/null && "$dir/docker" buildx version >/dev/null && "$dir/docker" compose version >/dev/null
}

# The engine itself writes no firewall rule, but service names on a network are resolved by two rules that it puts
# into each container's own network namespace: without iptables every name is unknown. Which variant works is the
# kernel's choice, so it is tried in a namespace of its own.
write_iptables() {
  local dir=$1 name
  for name in iptables ip6tables; do
    cat >"$dir/bin/$name" <<EOC
#!/bin/sh
export XTABLES_LIBDIR='$dir/root/usr/lib/$(debian_triplet)/xtables'
if [ ! -s '$dir/run/xtables' ]; then
  for multi in xtables-nft-multi xtables-legacy-multi; do
    if unshare --net '$dir/bin/'\$multi iptables -t nat -A OUTPUT -d 127.0.0.11 -p tcp -j DNAT --to-destination 127.0.0.11:1 2>/dev/null; then
      echo "\$multi" >'$dir/run/xtables'
      break
    fi
  done
fi
exec "$dir/bin/\$(cat '$dir/run/xtables' || echo xtables-nft-multi)" $name "\$@"
EOC
    chmod 755 "$dir/bin/$name"
  done
}

unpack() {
  local dir suite
  mkdir -p "$1"
  dir=$(cd "$1" && pwd)
  shift
  [ $# -gt 0 ] || set -- sid trixie
  for suite in "$@"; do
    if unpack_from "$suite" "$dir"; then
      echo "$suite" >"$dir/suite"
      say "Docker engine unpacked from Debian $suite"
      return
    fi
    say "Debian $suite gives no working engine"
  done
  die "no Docker engine could be unpacked"
}

# --- running -----------------------------------------------------------------------------------------------------

engine_pid() {
  local pid
  pid=$(cat "$DIR/run/dockerd.pid" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "--data-root $DIR/data" || return 1
  echo "$pid"
}

# Start time of a process: tells a process from a later one with the same number.
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

owners_alive() {
  local file pid alive=1
  for file in "$DIR"/run/owners/*; do
    [ -e "$file" ] || continue
    pid=${file##*/}
    if [ "$(born "$pid")" = "$(cat "$file")" ]; then alive=0; else rm -f "$file"; fi
  done
  return $alive
}

locked() { (
  exec 9>"$DIR/run/lock"
  flock 9
  "$@"
); }

launch() {
  local pid
  if pid=$(engine_pid) && "$DIR/docker" version >/dev/null 2>&1; then return; fi
  rm -f "$DIR/run/dockerd.pid" "$DIR/run/xtables"
  "$DIR/bin/iptables" --version >/dev/null 2>&1 || true # decides the variant once, before containers ask
  (
    exec 9>&-
    PATH="$DIR/bin:$PATH" exec setsid "$DIR/bin/dockerd" --data-root "$DIR/data" --exec-root "$DIR/run/exec" \
      --pidfile "$DIR/run/dockerd.pid" --host "unix://$DIR/run/docker.sock" --bridge=none \
      --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false \
      --userland-proxy=true --userland-proxy-path="$DIR/bin/docker-proxy" --storage-driver=overlay2 \
      --exec-opt native.cgroupdriver=cgroupfs >"$DIR/run/dockerd.log" 2>&1 </dev/null &
  )
  for _ in {1..150}; do
    if "$DIR/docker" version >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  tail -n 5 "$DIR/run/dockerd.log" >&2
  return 1
}

take_share() {
  local owner=$1
  launch || return 1
  [ -n "$owner" ] || return 0
  born "$owner" >"$DIR/run/owners/$owner"
  watched && return
  (
    exec 9>&-
    exec setsid "$HERE/docker-engine.sh" watch "$DIR" >/dev/null 2>&1 </dev/null
  ) &
  echo "$! $(born $!)" >"$DIR/run/watch.pid"
}

# Is the process that waits for the owners' end there?
watched() {
  local pid since
  read -r pid since 2>/dev/null <"$DIR/run/watch.pid" && [ "$(born "$pid")" = "$since" ]
}

start() {
  local owner=
  [ "${1:-}" != --owner ] || owner=${2:?--owner needs a process id}
  [ "${#DIR}" -le 90 ] || die "the path of the engine is too long for a Unix socket: $DIR"
  mkdir -p "$DIR/run/owners"
  locked take_share "$owner" || die "the Docker engine does not start, see $DIR/run/dockerd.log"
}

# Runs beside the engine for as long as it has owners; also where they were killed outright.
watch() {
  while :; do
    sleep 0.5
    owners_alive || locked last_share || continue
    [ -e "$DIR/run/watch.pid" ] || return 0
  done
}

last_share() {
  if owners_alive; then return; fi
  rm -f "$DIR/run/watch.pid"
  shut_down
}

# What a run left behind goes; base images and the build cache stay.
sweep() {
  local d=$DIR/docker list
  list=$("$d" ps -aq) && [ -z "$list" ] || echo "$list" | xargs "$d" rm -f -v
  list=$("$d" volume ls -q) && [ -z "$list" ] || echo "$list" | xargs "$d" volume rm -f
  "$d" network prune -f
  if [ -s "$DIR/run/tags" ]; then sort -u "$DIR/run/tags" | xargs "$d" rmi -f || true; fi
  rm -f "$DIR/run/tags"
  list=$("$d" image ls -q --filter label=com.docker.compose.project | sort -u) && [ -z "$list" ] || echo "$list" | xargs "$d" rmi -f
  "$d" image prune -f
  "$d" builder prune -f --keep-storage 4GB
}

shut_down() {
  local pid
  pid=$(engine_pid) || return 0
  timeout 60 bash -c "$(declare -f sweep); DIR='$DIR' sweep" >/dev/null 2>&1 || true
  kill "$pid"
  for _ in {1..150}; do
    [ -e "/proc/$pid" ] || break
    sleep 0.1
  done
  umount "$DIR/run/exec/netns/default" 2>/dev/null || true
  rm -rf "$DIR/run/exec" "$DIR"/run/owners/*
}

stop() { [ ! -d "$DIR/run" ] || locked shut_down; }

release() {
  rm -f "$DIR/run/owners/${1:?process id}"
}

# --- the command line --------------------------------------------------------------------------------------------

case ${1:-} in
  unpack) unpack "${2:?DIR}" "${@:3}" ;;
  start | stop | watch | release | status)
    DIR=$(cd "${2:?DIR}" && pwd)
    [ -x "$DIR/docker" ] || die "no engine in $DIR; docker-engine.sh unpack $DIR"
    case $1 in
      status) engine_pid >/dev/null ;;
      *) "$1" "${@:3}" ;;
    esac
    ;;
  -h | --help) usage_of "$0" ;;
  *)
    usage_of "$0" >&2
    exit 2
    ;;
esac
