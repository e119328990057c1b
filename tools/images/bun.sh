# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="oven/bun:VERSION-debian or -slim, user bun 1000; VERSION is any npm range (the binary comes from npm)"
EXTRA=(libstdc++6)
ACCOUNTS=(bun:1000:1000)
VARIABLES+=("NODE_EXTRA_CA_CERTS=$CA_BUNDLE" BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 BUN_INSTALL_BIN=/usr/local/bin)
CONFIG=('WORKDIR /home/bun/app' 'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]' 'CMD ["/usr/local/bin/bun"]')

fill() {
  local own=$1/usr/local unpacked arch
  unpacked=$(mktemp -d)
  arch=$(node -p process.arch)
  # The baseline build also runs on processors without AVX2; there is none for arm64, which needs none.
  [ "$arch" != x64 ] || arch=x64-baseline
  npm_unpack "@oven/bun-linux-$arch@${VERSION:-latest}" "$unpacked"
  install -m 755 "$unpacked/bin/bun" "$own/bin/bun"
  ln -s bun "$own/bin/bunx"
  mkdir -p "$own/bun-node-fallback-bin" "$1/home/bun/app"
  ln -s /usr/local/bin/bun "$own/bun-node-fallback-bin/node"
  chown 1000:1000 "$1/home/bun/app"
  sed 's/set -- node/set -- bun/' "$HERE/images/node-entrypoint.sh" >"$own/bin/docker-entrypoint.sh"
  chmod 755 "$own/bin/docker-entrypoint.sh"
  rm -rf "$unpacked"
}
