#!/bin/sh
set -eu
export TZ=UTC
npm ci
npm test
