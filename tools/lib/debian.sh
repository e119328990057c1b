# shellcheck shell=bash
# Take programs out of Debian packages of any suite without installing a package on this machine.
#
# Everything happens in a work folder with apt settings of its own: own source list, own lists, own cache and an empty
# status file, so that apt resolves all dependencies and knows nothing of what is installed. Maintainer scripts never run.

# The archive that this system already uses; no address is written down here.
debian_mirror() {
  local all first
  all=$(apt-get indextargets --format "\$(REPO_URI)" 2>/dev/null | sort -u)
  first=$(grep -v security <<<"$all" | head -n 1)
  printf '%s\n' "${first:-$(head -n 1 <<<"$all")}"
}

# Name of the multiarch folder, for example x86_64-linux-gnu.
debian_triplet() {
  case $(dpkg --print-architecture) in
    amd64) echo x86_64-linux-gnu ;;
    arm64) echo aarch64-linux-gnu ;;
    *) return 1 ;;
  esac
}

debian_suite_of_this_machine() { (. /etc/os-release && echo "$VERSION_CODENAME"); }

# debian_open SUITE WORK: prepare WORK and fetch the package lists of SUITE.
debian_open() {
  local suite=$1 work=$2 mirror
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || return 1
  mkdir -p "$work"/lists/partial "$work"/cache/archives/partial
  : >"$work/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
  cat >"$work/apt.conf" <<EOC
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
EOC
  apt-get -q -c "$work/apt.conf" update >"$work/log" 2>&1
}

# debian_download WORK PACKAGE...: fetch packages with everything that they depend on.
debian_download() {
  local work=$1
  shift
  apt-get -q -y -c "$work/apt.conf" install --download-only "$@" >>"$work/log" 2>&1 || {
    tail -n 5 "$work/log" >&2
    return 1
  }
}

# debian_unpack WORK ROOT [TAR-OPTION...]: unpack all that was fetched into ROOT.
debian_unpack() {
  local work=$1 root=$2 deb
  shift 2
  mkdir -p "$root"
  for deb in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar x -C "$root" --keep-directory-symlink "$@" || return 1
  done
}

# debian_version WORK PACKAGE: the version that was fetched.
debian_version() { dpkg-deb -f "$1"/cache/archives/"$2"_*.deb Version; }

# debian_close WORK: drop lists and packages, which are the bulk of the disk use.
debian_close() { rm -rf "$1"; }

# debian_patchelf TOOLS: path of a patchelf program, unpacked into TOOLS when the machine has none.
debian_patchelf() {
  local tools=$1 work
  if command -v patchelf; then return; fi
  if [ ! -x "$tools/usr/bin/patchelf" ]; then
    work=$(mktemp -d)
    debian_open "$(debian_suite_of_this_machine)" "$work" || return 1
    (cd "$work" && apt-get -q -c apt.conf download patchelf >>log 2>&1) || return 1
    mkdir -p "$tools"
    dpkg-deb -x "$work"/patchelf_*.deb "$tools" || return 1
    debian_close "$work"
  fi
  echo "$tools/usr/bin/patchelf"
}

# debian_relocate PATCHELF ROOT FILE TARGET: copy a program out of ROOT so that it runs with the loader and libraries of
# ROOT. The old-style DT_RPATH (--force-rpath) is needed, as DT_RUNPATH does not reach the libraries' own libraries; a
# wrapper around the loader would not do, as runc and the shim start /proc/self/exe again. Static programs stay as is.
debian_relocate() {
  local patchelf=$1 root=$2 file=$3 target=$4 libs loader
  [ -f "$root/$file" ] || return 1
  cp -L "$root/$file" "$target"
  libs=$root/usr/lib/$(debian_triplet)
  "$patchelf" --print-interpreter "$target" >/dev/null 2>&1 || return 0
  loader=$(basename "$("$patchelf" --print-interpreter "$target")")
  [ -e "$libs/$loader" ] || return 1
  "$patchelf" --set-interpreter "$libs/$loader" --force-rpath --set-rpath "$libs" "$target"
}
