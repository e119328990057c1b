#!/bin/sh
set -eu
npm ci
npm run lint
npm test
