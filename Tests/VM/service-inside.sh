#!/bin/bash
# Runs in the emulated machine of service.sh: does to camstream@front what users and the world do, and says line by line
# what held.
unit=camstream@front
config=/etc/camstream/front.yaml
trap 'sync; systemctl poweroff -ff' EXIT

property() { systemctl show -P "$1" "${2:-$unit}"; }
entries() { journalctl -q -o cat --no-pager -u "${1:-$unit}"; }

# usage: check SENTENCE COMMAND... : tries for two minutes, because an emulated machine is slow.
check() {
    local sentence=$1 try
    shift
    for try in $(seq 120); do
        if "$@" >/dev/null 2>&1; then
            echo "ok - $sentence"
            return
        fi
        sleep 1
    done
    echo "not ok - $sentence"
    systemctl --no-pager -n 30 status "$unit" | sed 's/^/    /'
}
is() { [ "$(property "$1" "${3:-$unit}")" = "$2" ]; }
status_has() { property StatusText | grep -q "$1"; }
restarted() { [ "$(property NRestarts "$1")" -ge 1 ]; }
logged() { entries "${2:-$unit}" | grep -qF "$1"; }
answers() { [ "$(curl -s -m 20 -o /dev/null -w '%{http_code}' "${@:2}")" = "$1" ]; }
# usage: write SERVE : the settings, but for those of the server, which are given.
write() {
    cat >"$config" <<YAML
capture: {input: /dev/video0, size: 320x180, frame-rate: 5, pixel-format: YUYV, timeout: 5}
infer: {model: /usr/share/camstream/models/colours/colours.onnx}
encode: {output: "%H-%M-%S.mp4", segment: 10m, preset: ultrafast}
serve: $1
YAML
}

write '{listen: "127.0.0.1:8090"}'
check "a start ends when there is a picture" systemctl start "$unit"
check "it tells how it is" status_has fps
check "it shows the camera" answers 200 "http://127.0.0.1:8090/snapshot.jpg?max_age=5"
check "it is ready" answers 200 http://127.0.0.1:8090/readyz
process=$(property MainPID)
check "it runs with the cameras' group" test "$(ps -o supgrp= -p "$process" | grep -c video)" = 1
check "and not as root" test "$(ps -o uid= -p "$process")" -ne 0
check "it keeps the compiled model" test -n "$(find /var/cache/private/camstream/front -name '*.blob')"
check "it cannot see home folders or other devices" test -z "$(nsenter -t "$process" -m ls -A /root)"

systemctl reload "$unit"
check "a reload is taken" logged "the settings are as they were"
echo 'overlay: {opacitiy: 1}' >>"$config"
systemctl reload "$unit"
check "a wrong reload keeps the old settings" logged "the old settings are kept"
check "and the process" test "$(property MainPID)" = "$process"
write '{listen: "127.0.0.1:8090"}'

kill -STOP "$process"
check "the watchdog ends a program that hangs" logged "Watchdog timeout"
check "and it is started again" is ActiveState active
check "once" is NRestarts 1
check "with pictures" answers 200 "http://127.0.0.1:8090/snapshot.jpg?max_age=5"

check "it stops" systemctl stop "$unit"
check "in order" is Result success
check "and leaves a recording" test -s "$(find /var/lib/private/camstream/front -name '*.mp4' | head -1)"
check "and nothing half-written" test -z "$(find /var/lib/private/camstream/front -name '.*.rec')"

echo 'capture: {inptu: x}' >/etc/camstream/bad.yaml
systemctl start camstream@bad 2>/dev/null
sleep 7  # longer than RestartSec=
check "wrong settings end it with 78" is ExecMainStatus 78 camstream@bad
check "and it is not started again" is NRestarts 0 camstream@bad

sed 's#/dev/video0#/dev/video7#' "$config" >/etc/camstream/gone.yaml
systemctl start camstream@gone 2>/dev/null
check "a camera that is not there ends it with 66" logged "status=66" camstream@gone
check "and it is tried again" restarted camstream@gone
systemctl stop camstream@gone

mkdir -p "/etc/systemd/system/$unit.service.d" "/etc/systemd/system/$unit.socket.d"
printf '[Service]\nLoadCredential=token:/etc/camstream/front.token\n' >"/etc/systemd/system/$unit.service.d/token.conf"
(umask 077 && echo 0123456789abcdef0123456789abcdef >/etc/camstream/front.token)
write "{listen: '*:8090', token-file: /run/credentials/$unit.service/token}"
systemctl daemon-reload
check "it starts with a secret from systemd" systemctl start "$unit"
check "and asks for it" answers 401 http://127.0.0.1:8090/api/state
check "and takes it" answers 200 -H 'Authorization: Bearer 0123456789abcdef0123456789abcdef' \
    http://127.0.0.1:8090/api/state
systemctl stop "$unit"

printf '[Socket]\nListenStream=\nListenStream=127.0.0.1:80\n' >"/etc/systemd/system/$unit.socket.d/port.conf"
write '{}'
systemctl daemon-reload
systemctl start "$unit.socket"
check "the first client of the socket starts it" answers 200 http://127.0.0.1:80/healthz
check "and it becomes ready" is ActiveState active
# errno=13 is Swift's runtime, which asks for more niceness than any user has.
check "the sandbox refuses nothing that is needed" test -z "$(entries | grep -i 'not permitted\|errno=1$')"
check "the unit's exposure is 3 at most" systemd-analyze security --no-pager --threshold=30 "$unit"
echo done
