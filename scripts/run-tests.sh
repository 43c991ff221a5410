#!/usr/bin/env bash
# Runs the tests. Where one hangs, ends them after a time that no build and no machine of ours needs, and names those that
# had not ended.
#
#   scripts/run-tests.sh [options of swift test]        CAMSTREAM_TEST_MINUTES: 45 without it
set -uo pipefail
cd "$(dirname "$0")/.."

minutes=${CAMSTREAM_TEST_MINUTES:-45}
# What the tests print is kept in a buffer, which is lost when they are killed; their events are written at once.
events=$(mktemp)
trap 'rm -f "$events"' EXIT
timeout --kill-after=30s "${minutes}m" swift test "$@" --event-stream-output-path "$events"
status=$?
if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    echo "error: the tests have not ended within $minutes minutes; those that were running:" >&2
    # A test's number has its file in it, a suite's has not.
    tests() { grep -F "\"kind\":\"$1\"" "$events" | grep -oE '"testID":"[^"]*\.swift:[^"]*"' | cut -d'"' -f4 | sort -u; }
    comm -23 <(tests testStarted) <(tests testEnded) >&2
fi
exit "$status"
