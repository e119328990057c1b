#!/bin/sh
# Makes the secrets of the local stack in .secrets (git-ignored). Never changes a value that is there, so it can run every time.
# Usage: sh scripts/local-secrets.sh
set -eu
umask 077

if [ "${1:-}" = --help ]; then
  sed -n '2,3s/^# //p' "$0"
  exit
fi
cd "$(dirname "$0")/.."
mkdir -p .secrets
cd .secrets

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# has FILE NAME
has() { [ -f "$1" ] && grep -q "^$2=" "$1"; }

# once FILE NAME VALUE: adds the line unless the name is there.
once() { has "$1" "$2" || printf '%s=%s\n' "$2" "$3" >>"$1"; }

# channel FILE VALUE: a secret that is a file of its own. Alertmanager reads it as another user, so the file is open to all, and this folder
# to nobody else. The value that it starts with reaches nobody: put the real one there.
channel() {
  [ -s "$1" ] || printf '%s' "$2" >"$1"
  chmod 644 "$1"
}


chmod 700 .
mkdir -p alertmanager
channel alertmanager/pagerduty-routing-key nobody # the integration key (Events API v2) of your PagerDuty service
channel alertmanager/slack-webhook-url http://127.0.0.1:9/ # the address of an incoming webhook of Slack for #storefront-alerts
channel alertmanager/heartbeat-url 'http://prometheus:9090/api/v1/query?query=1' # the address that your dead man's switch waits at
