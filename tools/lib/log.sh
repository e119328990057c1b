# shellcheck shell=bash
# Messages of the tools: progress goes to stderr, so that stdout stays free for results.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# usage_of FILE: print the comment block at the top of a script, which is its help text.
usage_of() { sed -n '2,/^[^#]/{/^#/{s/^# \{0,1\}//;p}}' "$1"; }
