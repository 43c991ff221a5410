"""Checks what the camera test's machine has recorded: python3 check.py FOLDER. Every fault is one line."""

import json
import pathlib
import re
import statistics
import subprocess
import sys

FORMATS = ["YUYV", "NV12", "RGB3"]
WIDTH, HEIGHT, RATE = 320, 180, 10
folder = pathlib.Path(sys.argv[1])
faults = []


def require(condition, message):
    if not condition:
        faults.append(message)


def text(name):
    path = folder / name
    return path.read_text(errors="replace") if path.exists() else ""


def events(name):
    """What happened when, in seconds since the machine's start, by name."""
    lines = [line.split(" ", 1) for line in text(f"{name}.events").splitlines()]
    return {what: float(when) for when, what in lines}


def times(name):
    """The frames' times in seconds, as ffprobe decodes them."""
    run = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_frames", "-show_streams", "-of", "json",
         folder / f"{name}.mp4"], capture_output=True, text=True)
    require(run.returncode == 0 and not run.stderr, f"{name}: ffprobe says {run.stderr.strip()!r}")
    found = json.loads(run.stdout or "{}")
    streams = found.get("streams", [])
    require(len(streams) == 1, f"{name}: {len(streams)} video streams")
    for stream in streams:
        size = (stream["width"], stream["height"])
        require(size == (WIDTH, HEIGHT), f"{name}: {size} instead of {WIDTH}x{HEIGHT}")
        require(stream["pix_fmt"] in ("yuv420p", "yuvj420p"), f"{name}: pixel format {stream['pix_fmt']}")
    return [float(frame["pts_time"]) for frame in found.get("frames", [])]


def pictures(name):
    """All pictures as bytes, RGB."""
    run = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", folder / f"{name}.mp4", "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f",
         "rawvideo", "-"], capture_output=True)
    size = WIDTH * HEIGHT * 3
    return [run.stdout[at:at + size] for at in range(0, len(run.stdout), size)]


def steps(name, moments):
    """Times between frames. The middle one is the camera's; an emulated machine is late with some."""
    found = [later - earlier for earlier, later in zip(moments, moments[1:])]
    middle = statistics.median(found)
    require(abs(middle * RATE - 1) < 0.1, f"{name}: {middle:.3f} s between frames at {RATE} fps")
    require(min(found) > 0, f"{name}: times do not rise")
    return found


def spread(picture):
    """How far the samples lie from their mean, on the average."""
    mean = sum(picture) / len(picture)
    return sum(abs(sample - mean) for sample in picture) / len(picture)


def check_format(name):
    log, when = text(f"{name}.log"), events(name)
    moments = times(name)
    require(f": {name} {WIDTH}x{HEIGHT} at {RATE} fps (asked for: {name}, {WIDTH}x{HEIGHT}, {RATE} fps)" in log,
            f"{name}: the log does not tell the mode")
    require("exit 130" in when, f"{name}: ended with {list(when)[-1:]}")
    require(len(moments) > 20 and moments[0] == 0, f"{name}: {len(moments)} frames, the first at {moments[:1]}")
    require(max(steps(name, moments)) < 1, f"{name}: gaps in {moments}")
    # By the machine's clock, from the first frame's end to the interrupt; a slow machine is late with both.
    wall = when.get("interrupt", 0) - when.get("first", 0)
    require(abs(moments[-1] - wall) < 2, f"{name}: {moments[-1]:.2f} s in the file, {wall:.2f} s on the clock")
    # The frame in hand when the interrupt comes is read, but not written.
    summary = re.search(r"(\d+) frames read, (\d+) written, 0 corrupt", log)
    require(summary and int(summary[2]) == len(moments) and 0 <= int(summary[1]) - int(summary[2]) <= 1,
            f"{name}: the summary does not tell {len(moments)} frames")
    decoded = pictures(name)
    require(len(decoded) == len(moments), f"{name}: {len(decoded)} of {len(moments)} pictures decode")
    if decoded:
        require(spread(decoded[0]) > 30, f"{name}: the first picture is of one colour")
        require(decoded[0] != decoded[len(decoded) // 3], f"{name}: the picture stands still")
        red = decoded[-1]
        means = [sum(red[channel::3]) / (WIDTH * HEIGHT) for channel in range(3)]
        require(means[0] > 248 and max(means[1:]) < 7, f"{name}: red came out as {[round(mean) for mean in means]}")


def check_loss():
    log, when = text("loss.log"), events("loss")
    moments = times("loss")
    causes = re.findall(r"no signal since \d\d:\d\d:\d\d: (/dev/video0[^.]*)\.", log)
    require(len(causes) == 3, f"loss: {len(causes)} losses told: {causes}")
    for cause, expected in zip(causes, ["is gone", "Input/output error", "has sent no whole picture for 2 s"]):
        require(expected in cause, f"loss: {cause!r} instead of {expected!r}")
    returns = [int(seconds) for seconds in re.findall(r"signal is back after (\d+) s, from /dev/video0", log)]
    require(len(returns) == 3, f"loss: {len(returns)} returns told")
    gaps = [(moments[at], step) for at, step in enumerate(steps("loss", moments)) if step >= 1]
    require([round(step) for _, step in gaps] == returns, f"loss: gaps {gaps} in the file, {returns} s in the log")
    for (at, _), cause in zip(gaps, ["unplug", "error", "silence"]):
        moment = when.get(cause, 0) - when.get("first", 0)
        require(abs(at - moment) < 2, f"loss: {cause} at {moment:.1f} s of the clock is at {at:.1f} s of the file")
    require(re.search(r" [1-9]\d* corrupt", log), "loss: the damaged picture is not counted")
    require("exit 130" in when, f"loss: ended with {list(when)[-1:]}")
    took = when.get("exit 130", 0) - when.get("interrupt", 0)
    require(took < 5, f"loss: the interrupt of a silent camera took {took:.1f} s")
    require(len(pictures("loss")) == len(moments), "loss: not all pictures decode")
    busy = text("busy.log")
    require(re.search(r"/dev/video0 is in use by camstream \(\d+\)\.", busy) and "exit 65" in busy, f"busy: {busy!r}")


def check_usage():
    lines = text("usage.log").splitlines()
    require([line for line in lines if line.startswith("exit")] == ["exit 64"] * 3, f"usage: {lines}")
    for part in ["brightness of /dev/video0 cannot be '999'; allowed: 0 to 255.", "has no control 'nonsense'",
                 "cannot be 'No such pattern'; allowed: 0 (75% Colorbar)"]:
        require(any(part in line for line in lines), f"usage: nothing says {part!r}")


def check_devices():
    table = text("devices.txt").splitlines()
    require(table[:1] == ["/dev/video0  vivid"], f"devices: the table begins with {table[:1]}")
    wide = [line for line in table if len(line) > 100]
    require(not wide, f"devices: {len(wide)} lines are wider than 100: {wide[:1]}")
    cameras = json.loads(text("devices.json") or "[]")
    require(len(cameras) == 1, f"devices: {len(cameras)} cameras")
    for camera in cameras:
        require((camera["card"], camera["driver"]) == ("vivid", "vivid"), "devices: another camera than vivid")
        formats = {found["name"]: found for found in camera["formats"]}
        for name in ["YUYV", "UYVY", "NV12", "YU12", "RGB3", "BGR3", "GREY"]:
            require(formats.get(name, {}).get("usable"), f"devices: {name} is not listed as usable")
        require(not any(found["converted"] for found in formats.values()), "devices: libv4l2's formats are listed")
        sizes = {(size["width"], size["height"]): size["rates"] for size in formats.get("YUYV", {}).get("sizes", [])}
        require(RATE in sizes.get((WIDTH, HEIGHT), []), f"devices: no {WIDTH}x{HEIGHT} at {RATE} fps in {sizes}")
        middle = {size: max(rates) for size, rates in sizes.items() if (640, 480) <= size <= (1280, 720)}
        chosen = camera["default"]
        rate = middle.get((chosen["width"], chosen["height"]), 0)
        require(rate == chosen["fps"] and min(rate, 30) == min(30, max(middle.values())),
                f"devices: {chosen} is taken of {middle}")
        controls = {control["name"]: control for control in camera["controls"]}
        brightness = controls.get("brightness", {})
        require((brightness.get("type"), brightness.get("min"), brightness.get("max")) == ("int", 0, 255),
                f"devices: brightness is {brightness}")
        kinds = {control["type"] for control in controls.values()}
        require(kinds == {"int", "bool", "menu", "button", "int64", "str", "bitmask", "intmenu"}, f"devices: {kinds}")


for problem in text("problems").splitlines():
    faults.append(problem)
checks = [lambda name=name: check_format(name) for name in FORMATS] + [check_loss, check_usage, check_devices]
for check in checks:
    try:
        check()
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        faults.append(f"{type(error).__name__}: {error}")
for fault in faults:
    print(f"test-camera: {fault}", file=sys.stderr)
if faults:
    sys.exit(1)
print(f"test-camera: {', '.join(FORMATS)}, losses and returns, controls and lists are as they should be")
