#!/bin/bash
# base-image.sh: make a look-alike of a public base image where no image registry answers.
#
#   base-image.sh KIND[:VERSION] DOCKER IMAGE...   build it once, and tag it with every IMAGE given
#   base-image.sh --list                           the kinds, and what each stands for
#
# DOCKER is the client of a running engine (docker-engine.sh). A look-alike consists of Debian packages, unpacked
# without running a maintainer script, and of language run-times from npm; users, folders, entry points, variables and
# signals follow the official image as far as Dockerfiles and Compose files rely on them. It is no official image:
# Alpine variants cannot be made, and versions of Debian's own servers are those that Debian has.
#
# Each kind is a file images/KIND.sh, which sets the variables below and may define `fill`.
set -Eeuo pipefail
trap 'echo "base-image.sh: ${KIND:-} failed at ${BASH_SOURCE[0]}:$LINENO" >&2' ERR
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/lib/log.sh"
. "$HERE/lib/debian.sh"

# What a kind can set. The defaults describe a slim Debian.
SUITE=bookworm
PACKAGES=(base-files base-passwd bash coreutils dash debianutils diffutils findutils grep gzip hostname libc-bin login
  mawk netbase passwd perl-base sed tar tzdata util-linux ca-certificates apt dpkg debconf)
EXTRA=()        # packages beside PACKAGES
BARE=           # set: unpack just the named packages, not what they depend on (distroless)
ACCOUNTS=()     # name:uid:gid
VARIABLES=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
CONFIG=()       # Dockerfile instructions for the image's configuration
VERSION=
fill() { :; }

# Trees to leave out, as slim images do.
SLIM=(--exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./usr/share/info)
CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt

list_kinds() {
  local file
  for file in "$HERE"/images/*.sh; do
    case $file in *-entrypoint.sh) continue ;; esac
    printf '%-10s %s\n' "$(basename "$file" .sh)" "$(sed -n 's/^STANDS_FOR="\(.*\)"$/\1/p' "$file")"
  done
}

# npm_unpack PACKAGE@RANGE DIR: unpack the newest version of an npm package in that range.
npm_unpack() {
  mkdir -p "$2"
  (cd "$2" && npm pack --silent "$1" >/dev/null && tar xzf ./*.tgz --strip-components=1 && rm -f ./*.tgz)
}

# register_packages WORK ROOT: tell dpkg inside the image what was unpacked, so that `apt-get install` works there.
register_packages() {
  local deb name db=$2/var/lib/dpkg
  mkdir -p "$db/info" "$db/updates" "$2"/var/lib/apt/lists/partial "$2"/var/cache/apt/archives/partial "$2"/var/log/apt "$2"/etc/apt
  : >"$db/status"
  echo 1 >"$db/info/format"
  for deb in "$1"/cache/archives/*.deb; do
    dpkg-deb -f "$deb" | sed '/^Package:/a Status: install ok installed' >>"$db/status"
    echo >>"$db/status"
    name=$(dpkg-deb -f "$deb" Package)
    [ "$(dpkg-deb -f "$deb" Multi-Arch)" != same ] || name=$name:$(dpkg --print-architecture)
    dpkg-deb --fsys-tarfile "$deb" | tar t | sed 's|^\.||; s|/$||; s|^$|/.|' >"$db/info/$name.list"
  done
  sed 's/ \[.*\]//' "$1/sources.list" >"$2/etc/apt/sources.list"
  echo 'APT::Sandbox::User "root";' >"$2/etc/apt/apt.conf.d/00-look-alike"
}

system_files() {
  local root=$1 account name uid gid
  mkdir -p "$root"/{dev,etc/ssl/certs,home,proc,root,run,sys,tmp,var/tmp,usr/local/{bin,sbin,lib,etc}}
  chmod 1777 "$root/tmp" "$root/var/tmp"
  # Some packages bring a real /var/run; it has to be the link that base-files' maintainer script makes.
  if [ -d "$root/var/run" ] && [ ! -L "$root/var/run" ]; then cp -a "$root/var/run/." "$root/run/" && rm -r "$root/var/run"; fi
  ln -sfn /run "$root/var/run"
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin' >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'staff:x:50:' 'nogroup:x:65534:' >"$root/etc/group"
  for account in "${ACCOUNTS[@]}"; do
    IFS=: read -r name uid gid <<<"$account"
    echo "$name:x:$uid:$gid::/home/$name:/bin/sh" >>"$root/etc/passwd"
    echo "$name:x:$gid:" >>"$root/etc/group"
    mkdir -p "$root/home/$name"
    chown "$uid:$gid" "$root/home/$name"
  done
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  cp "$CA_BUNDLE" "$root$CA_BUNDLE" # the machine's own bundle: package registries are reached through it
}

# What maintainer scripts would have linked.
links() {
  local root=$1
  [ -e "$root/usr/bin/sh" ] || [ ! -e "$root/usr/bin/dash" ] || ln -s dash "$root/usr/bin/sh"
  [ -e "$root/usr/bin/awk" ] || [ ! -e "$root/usr/bin/mawk" ] || ln -s mawk "$root/usr/bin/awk"
}

assemble() {
  local work=$1 root=$1/root dir
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
  for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$root/$dir"; done
  debian_open "$SUITE" "$work" || die "Debian $SUITE cannot be read"
  if [ -n "$BARE" ]; then
    (cd "$work/cache/archives" && apt-get -q -c "$work/apt.conf" download "${PACKAGES[@]}" "${EXTRA[@]}" >>"$work/log" 2>&1) || die "packages of $KIND"
  else
    debian_download "$work" "${PACKAGES[@]}" "${EXTRA[@]}"
  fi
  debian_unpack "$work" "$root" "${SLIM[@]}"
  [ -n "$BARE" ] || register_packages "$work" "$root"
  system_files "$root"
  links "$root"
  fill "$root"
}

import_image() {
  local work=$1 item options=()
  for item in "${VARIABLES[@]}" "SSL_CERT_FILE=$CA_BUNDLE"; do options+=(--change "ENV $item"); done
  for item in "${CONFIG[@]}"; do options+=(--change "$item"); done
  tar c -C "$work/root" . | "$DOCKER" import "${options[@]}" - "$2" >/dev/null
}

# An image is made again only when its recipe changes.
recipe_hash() {
  { cat "$HERE/base-image.sh" "$HERE/lib/debian.sh" "$HERE/images/$KIND.sh"; find "$HERE/images" -name "$KIND-*.sh" -exec cat {} +; sha256sum <"$CA_BUNDLE"; } | sha256sum | cut -c1-12
}

# drop_older PREFIX: forget the look-alikes of earlier recipes; layers in use stay until their containers go.
drop_older() {
  local old
  for old in $("$DOCKER" image ls --format '{{.Repository}}:{{.Tag}}' "${1%:*}" | grep -F -- "$1" || true); do
    "$DOCKER" rmi "$old" >/dev/null 2>&1 || true
  done
}

ensure_image() {
  local made work
  made=local/$KIND:${VERSION:-1}-$(recipe_hash)
  if ! "$DOCKER" image inspect "$made" >/dev/null 2>&1; then
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # expanded now on purpose
    trap "rm -rf '$work'" EXIT
    assemble "$work"
    drop_older "${made%-*}-"
    import_image "$work" "$made"
  fi
  for image in "$@"; do "$DOCKER" tag "$made" "$image"; done
  "$DOCKER" image inspect "$made" --format "$KIND${VERSION:+:$VERSION} {{.Size}} bytes"
}

case ${1:-} in
  -h | --help)
    usage_of "$0"
    exit
    ;;
  --list)
    list_kinds
    exit
    ;;
esac
[ $# -ge 3 ] || {
  usage_of "$0" >&2
  exit 2
}
IFS=: read -r KIND VERSION <<<"$1"
DOCKER=$2
shift 2
[[ $KIND =~ ^[a-z]+$ && -f $HERE/images/$KIND.sh ]] || die "unknown kind: $KIND (base-image.sh --list)"
# shellcheck source=/dev/null # one of images/*.sh
. "$HERE/images/$KIND.sh"
exec 9>"${TMPDIR:-/tmp}/create-devops-setup-base-$UID-$KIND.lock"
flock 9
ensure_image "$@"
