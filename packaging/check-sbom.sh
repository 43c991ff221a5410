#!/usr/bin/env bash
# Checks the list of what the program consists of: that it is SPDX, by the validator of SPDX' own people; that what the linker
# took and what lies beside it is in it; and that the validator finds fault where there is one. usage: check-sbom.sh FILE
set -euo pipefail
file=$(realpath "$1")
cd "$(dirname "$0")/.."
fail() {
    echo "check-sbom: $*" >&2
    exit 1
}
./scripts/apt-install.sh python3 python3-pip
# Without pip of its own: Debian's python3 has venv but not ensurepip.
venv=.deps/sbom-venv
if ! cmp -s packaging/requirements.txt "$venv/.requirements.txt"; then
    echo "check-sbom: fetching spdx-tools"
    rm -rf "$venv"
    /usr/bin/python3 -m venv --without-pip "$venv"
    /usr/bin/python3 -m pip --quiet --disable-pip-version-check --python "$venv/bin/python" \
        install --require-hashes -r packaging/requirements.txt
    cp packaging/requirements.txt "$venv/.requirements.txt"
fi
"$venv/bin/pyspdxtools" --infile "$file" || fail "it is no valid SPDX"
wrong=$(mktemp --suffix .spdx.json)
trap 'rm -f "$wrong"' EXIT
sed 's/"GPL-3.0-or-later"/"no licence at all"/' "$file" >"$wrong"
! "$venv/bin/pyspdxtools" --infile "$wrong" >/dev/null 2>&1 || fail "the validator finds no fault in a licence that does not exist"

python3 - "$file" "$(packaging/version.sh)" <<'CHECK'
import json, sys
document = json.load(open(sys.argv[1]))
versions = {package["name"]: package.get("versionInfo") for package in document["packages"]}
assert versions["camstream"] == sys.argv[2], versions["camstream"]
pins = {pin["identity"]: pin["state"].get("version") for pin in json.load(open("Package.resolved"))["pins"]}
for name in ("swift-nio", "swift-protobuf", "Yams"):
    assert versions[name] == pins[name.lower()], name
for name in ("swift-runtime", "OpenVINO", "libavcodec59", "libssl3", "libmosquitto1", "libc6"):
    assert versions.get(name), f"{name} has no version"
assert any(name.startswith("libopenblas") for name in versions)
assert "model-demo" in versions and "swift-nio-transport-services" not in versions  # what only another system takes
CHECK
