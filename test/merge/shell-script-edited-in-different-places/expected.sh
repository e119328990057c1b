#!/bin/sh
# Makes the secrets of the local stack.
set -eu
umask 077

mkdir -p .secrets
cd .secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

echo "POSTGRES_PASSWORD=$(random)" >>postgres.env
chmod 600 postgres.env
echo "STRIPE_KEY=test" >>orders.env
