#!/usr/bin/env bash
# Tests MQTT and hooks against others: Debian's mosquitto with TLS and a password, brokers that are none, a webhook's receiver,
# programs that never end. Called by `make test-mqtt`. Less than a minute on two cores; everything is on the loopback interface
# and in a temporary folder. Options go to run.py, such as `--only broker`.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh mosquitto mosquitto-clients openssl python3
exec /usr/bin/python3 Tests/MQTT/run.py "$@"
