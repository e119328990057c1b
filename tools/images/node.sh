# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="node:VERSION-slim, user node 1000, npm; VERSION is a major line (the binary comes from npm)"
EXTRA=(libstdc++6)
ACCOUNTS=(node:1000:1000)
VARIABLES+=("NODE_EXTRA_CA_CERTS=$CA_BUNDLE")
CONFIG=('ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["node"]')

fill() {
  local root=$1 own=$1/usr/local name registry
  node_binary "${VERSION:-$(node -p 'process.versions.node.split(".")[0]')}" "$own/bin/node"
  mkdir -p "$own/lib/node_modules"
  cp -a "$(npm root --global 2>/dev/null)/npm" "$own/lib/node_modules/npm"
  for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$own/bin/$name"; done
  ln -s node "$own/bin/nodejs"
  printf '%s\n' "cafile=$CA_BUNDLE" update-notifier=false >"$own/etc/npmrc"
  registry=$(npm config get registry 2>/dev/null)
  [ -z "$registry" ] || echo "registry=$registry" >>"$own/etc/npmrc"
  install -m 755 "$HERE/images/node-entrypoint.sh" "$own/bin/docker-entrypoint.sh"
}

# node_binary MAJOR TARGET: this machine's node where the line is the same, else the one that npm carries.
node_binary() {
  local unpacked arch
  if [ "$(node -p 'process.versions.node.split(".")[0]')" = "$1" ]; then
    install -m 755 "$(node -p process.execPath)" "$2"
    return
  fi
  arch=$(node -p process.arch)
  unpacked=$(mktemp -d)
  npm_unpack "node-linux-$arch@$1" "$unpacked"
  install -m 755 "$unpacked/bin/node" "$2"
  rm -rf "$unpacked"
}
