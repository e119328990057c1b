# syntax=docker/dockerfile:1
FROM alpine:3.22
RUN <<EOF
set -eu
apk add --no-cache curl
adduser -D app
mkdir -p /data
EOF
# Not as root.
USER app
WORKDIR /data
