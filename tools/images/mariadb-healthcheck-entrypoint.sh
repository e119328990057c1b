#!/bin/sh
# Stands for healthcheck.sh --connect --innodb_initialized of the official image: does the server answer by TCP.
exec mariadb-admin --protocol=tcp --host=127.0.0.1 --user=healthcheck --connect-timeout=2 --silent ping
