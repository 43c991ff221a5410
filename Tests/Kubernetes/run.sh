#!/usr/bin/env bash
# Puts the manifest that KubernetesJobTests compares the program's with beside Kubernetes' schemas, of the first version that
# has all of its fields and of the newest; a field that no version knows must be found. Called by `make test-kubernetes`.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh python3 python3-pip
# Without pip of its own: Debian's python3 has venv but not ensurepip.
venv=.deps/kubernetes-venv
if ! cmp -s Tests/Kubernetes/requirements.txt "$venv/.requirements.txt"; then
    echo "test-kubernetes: fetching kubernetes-validate"
    rm -rf "$venv"
    /usr/bin/python3 -m venv --without-pip "$venv"
    /usr/bin/python3 -m pip --quiet --disable-pip-version-check --python "$venv/bin/python" \
        install --require-hashes -r Tests/Kubernetes/requirements.txt
    cp Tests/Kubernetes/requirements.txt "$venv/.requirements.txt"
fi
manifest=Tests/Fixtures/batch/job.yaml
for version in 1.29 1.33 1.37; do
    "$venv/bin/kubernetes-validate" --strict --kubernetes-version "$version" "$manifest"
done
wrong=$(mktemp --suffix .yaml)
trap 'rm -f "$wrong"' EXIT
sed 's/backoffLimitPerIndex/backoffLimitPerIndexes/' "$manifest" >"$wrong"
if "$venv/bin/kubernetes-validate" --strict --quiet "$wrong" >/dev/null 2>&1; then
    echo "test-kubernetes: a field that does not exist was not found" >&2
    exit 1
fi
