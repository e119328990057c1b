# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="distroless/static-debianNN:nonroot: no shell, no libc, uid 65532"
SUITE=trixie
BARE=1
PACKAGES=(base-files netbase tzdata ca-certificates)
ACCOUNTS=(nonroot:65532:65532)
CONFIG=('USER 65532' 'WORKDIR /home/nonroot')
