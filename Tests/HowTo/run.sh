#!/usr/bin/env bash
# Does what the how-tos tell: puts their examples into a copy of the sources, builds it, and runs the tests of each. The copy is the
# checkout under a layer that takes what is written, so that only what the examples change is built anew; nothing of it stays.
# Called by `make test-howto`. Needs root, or a kernel that gives users namespaces of their own.
set -euo pipefail
cd "$(dirname "$0")/../.."
page=${1:-docs/project/extending.md}
fail() {
    echo "test-howto: $*" >&2
    exit 1
}
if [ "${CAMSTREAM_HOWTO:-}" != inside ]; then
    python3 Tests/HowTo/examples.py check "$page"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/written" "$work/empty"
    enter=(unshare --mount)
    [ "$(id -u)" -eq 0 ] || enter+=(--map-root-user)
    "${enter[@]}" true || fail "this user may have no namespace of his own; root may"
    # A folder that is such a layer itself, as in a container, cannot take what is written: memory can.
    CAMSTREAM_HOWTO=inside "${enter[@]}" bash -euo pipefail -c '
        lay() { mount -t overlay overlay -o "lowerdir=$PWD,upperdir=$1/written,workdir=$1/empty" "$PWD"; }
        lay "$1" 2>/dev/null || { mount -t tmpfs tmpfs "$1" && mkdir "$1/written" "$1/empty" && lay "$1"; }
        cd "$PWD" && exec ./Tests/HowTo/run.sh "$2"' bash "$work" "$page"
    [ ! -e Sources/Infer/CAM/MaxGradCAM.swift ] || fail "the examples are in the checkout itself"
    exit
fi

start=$SECONDS
mapfile -t added < <(python3 Tests/HowTo/examples.py tests "$page")
mapfile -t changed < <(python3 Tests/HowTo/examples.py apply "$page")
[ ${#changed[@]} -gt 10 ] || fail "only ${#changed[@]} files change"

# Whoever forgets the colours of a map is told by the compiler.
forgetful=$(mktemp -d)
trap 'rm -rf "$forgetful"' EXIT
grep -v 'case .gray:' Sources/Overlay/Colormap.swift >"$forgetful/Colormap.swift"
said=$(swiftc -typecheck -package-name camstream "$forgetful/Colormap.swift" Sources/Overlay/ColormapTables.swift 2>&1) &&
    fail "a colour map without colours compiles"
grep -q 'must be exhaustive' <<<"$said" || fail "a colour map without colours is refused otherwise: $said"

swift format lint --strict $(printf '%s\n' "${changed[@]}" | grep '\.swift$') || fail "the examples are not in the project's format"
log=$(mktemp)
trap 'rm -rf "$forgetful" "$log"' EXIT
swift build --build-tests ${SWIFTFLAGS-} >"$log" 2>&1 || {
    grep -A5 'error:' "$log" >&2 || tail -20 "$log" >&2
    fail "the examples do not compile"
}
echo "test-howto: built in $((SECONDS - start)) s"
# The last one writes what is made of the settings' descriptions.
filter='MaxGradCAMTests|ConformanceTests|ColormapTests|GradientRuleTests|CoverageTests|EncodeConfigTests|LiveOutputsTests'
filter+='|everyOptionThatIsASettingReachesIt|whatIsMadeOfTheSettingsDescriptionsIsUpToDate'
CAMSTREAM_UPDATE_DOCS=1 swift test --skip-build ${SWIFTFLAGS-} --filter "$filter" >"$log" 2>&1 || {
    tail -40 "$log" >&2
    fail "tests of the examples"
}
for name in "${added[@]}" entriesAreThePublishedOnes theGradientIsPyTorchs allKeysAreRead everyOptionThatIsASettingReachesIt; do
    grep -q "Test $name.* passed" "$log" || fail "the test $name did not run"
done
tail -1 "$log"
grep -q 'tally: tally.txt' configs/file.yaml || fail "the new setting is not in the example of all settings"
echo "test-howto: the examples of $page compile and pass their tests, in $((SECONDS - start)) s"
