# shellcheck shell=bash disable=SC2034 # variables are read by base-image.sh
STANDS_FOR="debian:SUITE-slim, with a working apt; VERSION is the suite"
SUITE=${VERSION:-bookworm}
CONFIG=('CMD ["bash"]')
