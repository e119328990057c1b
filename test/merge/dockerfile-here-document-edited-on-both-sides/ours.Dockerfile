# syntax=docker/dockerfile:1
FROM alpine:3.22
RUN <<EOF
set -eux
apk add --no-cache curl
adduser -D app
mkdir /data
EOF
# Not as root, see SEC-4.
USER app
