#!/bin/sh
# Starts Grafana with an admin password: GRAFANA_ADMIN_PASSWORD, or else one that is drawn at the first start and kept
# in Grafana's volume. Grafana takes it when it creates its database and not again.
set -eu

data=${GF_PATHS_DATA:-/var/lib/grafana}
umask 077

# keep NAME: a file of the volume with a random secret in it, the same at every start.
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

# What Grafana encrypts the secrets of its database with. The default is known to everybody.
keep secret-key
export GF_SECURITY_SECRET_KEY__FILE="$data/secret-key"

umask 022
exec /run.sh "$@"
