#!/bin/busybox sh
# First process of the camera test's machine: records from vivid, troubles it, and leaves all in /out for check.py.
/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mkdir /tmp/rec
ip link set lo up
for module in /modules/*; do
    case $module in
    # Two cameras that are webcams; nothing else that vivid can be.
    *-vivid.ko) insmod "$module" n_devs=2 node_types=0x1,0x1 num_inputs=1,1 input_types=0,0 ;;
    *) insmod "$module" ;;
    esac
done
mount -t 9p -o trans=virtio,msize=262144 out /out
ldconfig_path=$(find /lib /usr/lib -name '*.so*' 2>/dev/null | sed 's,/[^/]*$,,' | sort -u | grep -v '^/lib/camstream$' | paste -sd:)
export LD_LIBRARY_PATH=$ldconfig_path
echo 'capture: {timeout: 2}' >/tmp/camera.yaml
{
    cat /tmp/camera.yaml
    echo 'serve: {listen: "127.0.0.1:8090", stale-after: 3}'
} >/tmp/watched.yaml

now() { cut -d ' ' -f 1 /proc/uptime; }
say() { echo "[$(now)] $*"; }
note() { echo "$(now) $*" >>"/out/$name.events"; }
# Sets controls of a camera, by default of the first one.
control() { v4l2-ctl -d "/dev/video${2:-0}" -c "$1" || echo "v4l2-ctl failed: $1" >>/out/problems; }

# Waits until a text has come a number of times in the log; 30 s at most.
await() {
    tries=0
    while [ "$(grep -c "$2" "/out/$name.log")" -lt "$1" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
            echo "$name: '$2' did not come $1 times" >>/out/problems
            return
        fi
        usleep 100000
    done
}

# Records with a config file and options, until `finish`, which sends a signal, by default SIGINT.
start() {
    name=$1
    shift
    say "recording $name"
    : >"/out/$name.log"
    camstream --verbose --input /dev/video0 --model /model/colours.onnx --class red --smoothing 0 --fps 10 \
        --size 320x180 --preset ultrafast --out "/tmp/rec/$name.mp4" --sidecar "/tmp/rec/$name.jsonl" \
        --config "$@" >"/out/$name.log" 2>&1 &
    pid=$!
    await 1 'the first picture is delivered'
    note first
}

finish() {
    note interrupt
    kill "-${1:-INT}" "$pid"
    wait "$pid"
    note "exit $?"
    # Hidden ones, too: there should be none.
    ls -A /tmp/rec >"/out/$name.files"
    mv /tmp/rec/* /out/
}

# Puts the server's answer, with its headers, into a file.
ask() { curl -s -i -m 20 "http://127.0.0.1:8090/$1" >"/out/$2" || echo "$name: no answer to $1 ($2)" >>/out/problems; }

camstream devices >/out/devices.txt 2>&1
camstream devices --json >/out/devices.json 2>/tmp/devices.log || cat /tmp/devices.log >>/out/problems
say "$(head -1 /out/devices.txt)"

# The pictures as they are, with no heat on them.
plain="--opacity 0 --labels none --no-color-bar"
for format in YUYV NV12 RGB3; do
    control test_pattern=0,osd_text_mode=0,horizontal_movement=6
    start "$format" /tmp/camera.yaml --pixel-format "$format" --control brightness=128 $plain
    sleep 2
    # Nothing but one colour, to see that colours stay what they are, and by the clock that time does.
    note red
    control 'test_pattern=7,osd_text_mode=2'
    note is red
    sleep 2
    note green
    control test_pattern=8
    note is green
    sleep 1
    finish
done
control test_pattern=0,osd_text_mode=0,horizontal_movement=3

# Each signal ends it at once, watched or not.
for stop in INT TERM; do
    for watched in camera watched; do
        start "stop-$watched-$stop" "/tmp/$watched.yaml" $plain
        sleep 2
        finish "$stop"
    done
done

for setting in brightness=999 nonsense=1 'test_pattern=No such pattern'; do
    camstream --input /dev/video0 --model /model/colours.onnx --out /tmp/none.mp4 --control "$setting" 2>>/out/usage.log
    echo "exit $?" >>/out/usage.log
done

# Recorded and watched by one client all the time, whatever happens to the camera.
start loss /tmp/watched.yaml --colormap viridis --scale frame --labels none --no-color-bar
await 1 'watch at http'
curl -s -N -D /out/stream.head -o /tmp/stream http://127.0.0.1:8090/stream &
client=$!
sleep 1
camstream --input /dev/video0 --model /model/colours.onnx --out /tmp/none.mp4 2>/out/busy.log
echo "exit $?" >>/out/busy.log
ask metrics before.metrics
ask readyz before.ready
note damage
control inject_v4l2_buf_flag_error=1
sleep 1
note colours
control colorspace=0
sleep 2
note unplug
control disconnect=1
note is unplug
await 1 'signal is back'
sleep 1
note error
control inject_vidioc_streamon_error=1
control inject_fatal_streaming_error=1
note is error
await 2 'signal is back'
sleep 1
note silence
control percentage_of_dropped_buffers=100
note is silence
await 3 'no signal since'
ask metrics during.metrics
ask snapshot.jpg during.snapshot
ask 'snapshot.jpg?max_age=1' during.fresh
tries=0
while ask readyz during.ready && ! grep -q ' 503 ' /out/during.ready && [ $tries -lt 50 ]; do
    tries=$((tries + 1))
    usleep 200000
done
# What a power cut would leave.
cp /tmp/rec/.loss.mp4.*.rec /out/torn.mp4 || echo "loss: no hidden file" >>/out/problems
control percentage_of_dropped_buffers=0
await 3 'signal is back'
sleep 1
ask metrics after.metrics
ask readyz after.ready
control percentage_of_dropped_buffers=100
finish
wait $client
note "client exit $?"
mv /tmp/stream /out/

# Two cameras in one process, both recorded and watched. `left` must notice nothing of what happens to the other device:
# it is unplugged for some seconds, then its camera is taken out of the settings and one of another name comes in.
site() {
    cat <<END
defaults:
  capture: {size: 320x180, frame-rate: 2, timeout: 2}
  infer: {model: /model/colours.onnx, class: red, smoothing: 0, inference-rate: 1}
  overlay: {opacity: 0, labels: none, color-bar: false}
  encode: {preset: ultrafast, output: "/tmp/rec/{camera}.mp4", sidecar: "/tmp/rec/{camera}.jsonl"}
cameras:
  left: {capture: {input: /dev/video0}}
  $1: {capture: {input: /dev/video1}}
serve: {listen: "127.0.0.1:8090", stale-after: 3}
END
}
# Looks at a camera until its stream ends.
watch() {
    curl -s -N -D "/out/$1.stream.head" -o "/tmp/$1.stream" "http://127.0.0.1:8090/cameras/$1/stream"
    note "$1 client exit $?"
    mv "/tmp/$1.stream" /out/
}
for device in 0 1; do
    control test_pattern=0,osd_text_mode=0,horizontal_movement=3,percentage_of_dropped_buffers=0 $device
done
name=site
say "recording two cameras"
: >/out/site.log
site right >/tmp/site.yaml
camstream serve --verbose --config /tmp/site.yaml >/out/site.log 2>&1 &
pid=$!
await 1 'left: the first picture is delivered'
await 1 'right: the first picture is delivered'
watch left &
left_client=$!
watch right &
right_client=$!
sleep 2
ask readyz site-before.ready
note unplug
# As long as somebody has it open, vivid stays unplugged.
exec 3<>/dev/video1
control disconnect=1 1
await 1 'right: no signal since'
sleep 4
ask readyz site-during.ready
ask cameras/right/snapshot.jpg site-right.snapshot
ask cameras/left/snapshot.jpg site-left.snapshot
note plug
exec 3>&-
await 1 'right: the signal is back'
sleep 2
ask readyz site-after.ready
note reload
site far >/tmp/site.yaml
kill -HUP "$pid"
await 1 'far: the first picture is delivered'
wait $right_client
watch far &
far_client=$!
sleep 2
ask api/cameras site.cameras
ask cameras/right/snapshot.jpg site-gone.snapshot
ask metrics site.metrics
finish TERM
wait $left_client
wait $far_client

say done
sync
umount /out
poweroff -f
