#!/bin/sh
# Starts Grafana with an admin password: GRAFANA_ADMIN_PASSWORD, otherwise a random one that is generated at the first
# start and stored in Grafana's volume. Grafana uses it only when it creates its database.
set -eu

data=${GF_PATHS_DATA:-/var/lib/grafana}
umask 077

# keep NAME: creates a file with a random secret in the volume, unless it exists.
keep() {
  [ -s "$data/$1" ] || head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$data/$1"
}

if [ -n "${GRAFANA_ADMIN_PASSWORD:-}" ]; then
  export GF_SECURITY_ADMIN_PASSWORD="$GRAFANA_ADMIN_PASSWORD"
  if [ -s "$data/admin-password" ]; then
    echo 'Grafana has an admin password already: to change it, docker compose exec grafana grafana cli admin reset-admin-password NEW'
  fi
else
  keep admin-password
  export GF_SECURITY_ADMIN_PASSWORD__FILE="$data/admin-password"
  echo "The password of Grafana's user \"admin\": docker compose exec grafana cat $data/admin-password"
fi
unset GRAFANA_ADMIN_PASSWORD

# The key with which Grafana encrypts the secrets of its database. The default key is public.
keep secret-key
export GF_SECURITY_SECRET_KEY__FILE="$data/secret-key"

umask 022
exec /run.sh "$@"
