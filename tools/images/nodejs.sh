# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="distroless/nodejsVERSION-debianNN:nonroot: no shell, uid 65532, entry point node"
SUITE=trixie
BARE=1
PACKAGES=(base-files netbase tzdata ca-certificates libc6 libgcc-s1 libstdc++6)
ACCOUNTS=(nonroot:65532:65532)
VARIABLES+=("NODE_EXTRA_CA_CERTS=$CA_BUNDLE")
CONFIG=('USER 65532' 'WORKDIR /home/nonroot' 'ENTRYPOINT ["/nodejs/bin/node"]')

fill() {
  local unpacked
  unpacked=$(mktemp -d)
  npm_unpack "node-linux-$(node -p process.arch)@${VERSION:-24}" "$unpacked"
  mkdir -p "$1/nodejs/bin"
  install -m 755 "$unpacked/bin/node" "$1/nodejs/bin/node"
  rm -rf "$unpacked"
}
