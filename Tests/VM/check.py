"""Checks what the camera test's machine has recorded: python3 check.py FOLDER. Every fault is one line."""

import itertools
import json
import pathlib
import re
import sys

from cameras import check_site
from evidence import HEIGHT, WIDTH, Evidence, is_balanced, is_slate, summary

FORMATS = ["YUYV", "NV12", "RGB3"]
RATE = 10
STALE_AFTER = 3  # seconds, as init.sh sets it
LOSSES = {"unplug": "is gone", "error": "Input/output error", "silence": "has sent no whole frame for 2 s"}
found = Evidence(pathlib.Path(sys.argv[1]))
faults = []


def require(condition, message):
    if not condition:
        faults.append(message)


def pixel(picture, place):
    at = (place[1] * WIDTH + place[0]) * 3
    return tuple(picture[at:at + 3])


def spread(picture):
    """How far the samples lie from their mean, on the average."""
    mean = sum(picture) / len(picture)
    return sum(abs(sample - mean) for sample in picture) / len(picture)


def steps(name, moments):
    """Times between frames."""
    between = [later - earlier for earlier, later in zip(moments, moments[1:])]
    require(min(between) > 0, f"{name}: times do not rise")
    return between


def check_file(name):
    """What holds for each finished recording. Returns the times of what is in it."""
    stream, moments = found.video(name)
    require((stream["width"], stream["height"]) == (WIDTH, HEIGHT), f"{name}: {stream['width']}x{stream['height']}")
    require(stream["pix_fmt"] in ("yuv420p", "yuvj420p"), f"{name}: pixel format {stream['pix_fmt']}")
    boxes = found.boxes(name)
    fast = "moof" not in boxes and "mdat" in boxes and boxes.index("moov") < boxes.index("mdat")
    require(boxes[0] == "ftyp" and fast, f"{name}: not a fast-start MP4: {boxes}")
    files = found.text(f"{name}.files").split()
    require(files == [f"{name}.jsonl", f"{name}.mp4"], f"{name}: left are {files}")
    when = found.events(name)
    require("exit 0" in when, f"{name}: ended with {[what for what in when if what.startswith('exit')]}")
    require(len(moments) > 20 and moments[0] == 0, f"{name}: {len(moments)} frames, the first at {moments[:1]}")
    return moments


def check_counts(name, pictures):
    captured, written, dropped = summary(found.text(f"{name}.log"))
    require(captured == written + sum(dropped.values()), f"{name}: {captured} captured, {written} written, {dropped}")
    require(written == pictures, f"{name}: {pictures} pictures in the file, but {written} written")
    return captured, dropped


def check_times(name, moments, starts=(0,)):
    """Pictures have the times at which the camera took them, as the sidecar tells. Returns its records by picture.

    It tells nothing of the first pictures at the start and after a return, which have no map yet.
    """
    records = found.records(name)
    offset = records[-1]["time"] - moments[-1]
    require(0 <= offset < 1, f"{name}: the last record is {offset:.6f} s behind the last picture")
    by_time = {record["time"] - offset: record for record in records}
    matched = {}
    for at, moment in enumerate(moments):
        nearest = min(by_time, key=lambda time: abs(time - moment))
        if abs(nearest - moment) < 0.0005:
            matched[at] = by_time[nearest]
    missing = [moment for at, moment in enumerate(moments) if at not in matched]
    strange = [moment for moment in missing if not any(start <= moment < start + 1.5 for start in starts)]
    require(not strange, f"{name}: pictures at {strange} are not when they were taken")
    return matched


def check_heat(name, moments, decoded, records):
    """The hottest place is on what the model looks for: red."""
    wrong, right = [], 0
    for at, record in records.items():
        # The picture that the map was made from.
        taken = moments[at] - record.get("map_age", 0)
        seen = [index for index, moment in enumerate(moments) if abs(moment - taken) < 0.001]
        if not seen or not record["peak"]:
            continue
        red, green, blue = pixel(decoded[seen[0]], record["peak"])
        if red > 150 and max(green, blue) < 60:
            right += 1
        else:
            wrong.append((at, record["peak"], (red, green, blue)))
    # At first nobody knows how bars move that are all alike, and the past of a map may lie on the wrong one.
    require(right > 10 and len(wrong) <= max(right // 20, 2), f"{name}: red is not where it is hot: {right} right, {wrong}")


def first_of(moments, decoded, colour):
    """When the first picture of nothing but this colour was taken."""
    channel = ("red", "green", "blue").index(colour)
    for moment, picture in zip(moments, decoded):
        means = [sum(picture[number::3]) / (WIDTH * HEIGHT) for number in range(3)]
        if means[channel] > 248 and max(means[:channel] + means[channel + 1:]) < 7:
            return moment
    raise ValueError(f"no picture is {colour}; the last one is {[round(mean) for mean in means]}")


def check_format(name):
    log, when = found.text(f"{name}.log"), found.events(name)
    require(f": {name} {WIDTH}x{HEIGHT} at {RATE} fps (asked for: {name}, {WIDTH}x{HEIGHT}, {RATE} fps)" in log,
            f"{name}: the log does not tell the mode")
    moments = check_file(name)
    require(max(steps(name, moments)) < 2, f"{name}: gaps in {moments}")
    # An emulated machine misses some; it knows how many.
    captured, _ = check_counts(name, len(moments))
    rate = (captured - 1) / moments[-1]
    require(abs(rate / RATE - 1) < 0.1, f"{name}: {rate:.2f} frames a second")
    decoded = found.pictures(name)
    require(len(decoded) == len(moments), f"{name}: {len(decoded)} of {len(moments)} pictures decode")
    require(spread(decoded[0]) > 30, f"{name}: the first picture is of one colour")
    require(decoded[0] != decoded[len(decoded) // 3], f"{name}: the picture stands still")
    turns = [first_of(moments, decoded, colour) for colour in ("red", "green")]
    # A colour is there some time between the two notes, and a little later in a picture.
    shortest, longest = when["green"] - when["is red"], when["is green"] - when["red"]
    require(shortest - 0.5 < turns[1] - turns[0] < longest + 0.5,
            f"{name}: red for {turns[1] - turns[0]:.2f} s in the file, {shortest:.2f} to {longest:.2f} s on the clock")
    check_heat(name, moments, decoded, check_times(name, moments))


def check_stop(name):
    """A short recording that a signal has ended."""
    _, moments = found.video(name)
    files = found.text(f"{name}.files").split()
    require(files == [f"{name}.jsonl", f"{name}.mp4"], f"{name}: left are {files}")
    check_counts(name, len(moments))
    when = found.events(name)
    took = when.get("exit 0", 1e9) - when["interrupt"]
    require(took < 5, f"{name}: ended with {[what for what in when if what.startswith('exit')]} after {took:.1f} s")


def check_loss():
    """The recording of a camera that goes away three times."""
    log, when = found.text("loss.log"), found.events("loss")
    causes = re.findall(r"no signal since \d\d:\d\d:\d\d: (/dev/video0[^.]*)\.", log)
    require(len(causes) == 3, f"loss: {len(causes)} losses told: {causes}")
    for cause, expected in zip(causes, LOSSES.values()):
        require(expected in cause, f"loss: {cause!r} instead of {expected!r}")
    returns = [int(seconds) for seconds in re.findall(r"signal is back after (\d+) s, from /dev/video0", log)]
    require(len(returns) == 3, f"loss: {len(returns)} returns told")

    every = check_file("loss")
    small = found.small(["-i", found.folder / "loss.mp4"])
    require(len(small) == len(every), f"loss: {len(small)} of {len(every)} pictures decode")
    slates = [moment for moment, picture in zip(every, small) if is_slate(picture)]
    moments = [moment for moment, picture in zip(every, small) if not is_slate(picture)]
    gaps = [(start, end - start) for start, end in zip(moments, moments[1:])
            if any(start < slate < end for slate in slates)]
    require([round(step) for _, step in gaps] == returns, f"loss: gaps {gaps} in the file, {returns} s in the log")
    for (start, step), cause in zip(gaps, LOSSES):
        # It happened between two notes; the last picture may have come a little earlier.
        shortest, longest = when[cause] - when["is unplug"], when[f"is {cause}"] - when["unplug"]
        after = start - gaps[0][0]
        require(shortest - 1 < after < longest + 1, f"loss: {cause} is {after:.1f} s after the first loss in the file, "
                f"{shortest:.1f} to {longest:.1f} s by the clock")
        boards = [moment for moment in slates if start < moment < start + step]
        noticed = 2 if cause == "silence" else 0
        require(len(boards) >= max(1, step - noticed - 2) and boards[0] - start < noticed + 1.5,
                f"loss: {cause} at {start:.1f} s for {step:.1f} s has slates at {boards}")
        require(all(later - earlier < 2.5 for earlier, later in zip(boards, boards[1:])),
                f"loss: slates are too seldom: {boards}")
    long = [step for step in steps("loss", moments) if step > 2 and round(step) not in returns]
    require(not long, f"loss: {long} s without pictures or slates")
    require(moments[0] < slates[0] and slates[-1] < moments[-1], f"loss: slates at {slates}, with a signal")
    _, dropped = check_counts("loss", len(moments))
    require(dropped.get("damaged", 0) >= 1, f"loss: the damaged picture is not counted: {dropped}")
    records = check_times("loss", moments, [0] + [start + step for start, step in gaps])
    decoded = [picture for picture, grey in zip(found.pictures("loss"), small) if not is_slate(grey)]
    heat = [pixel(decoded[at], record["peak"]) for at, record in records.items() if record["peak"]]
    hot = sum(red > 150 and green > 80 for red, green, _ in heat)
    require(hot > 0.9 * len(heat) > 20, f"loss: {hot} of {len(heat)} pictures have heat on red")
    took = when.get("exit 0", 0) - when.get("interrupt", 0)
    require(took < 5, f"loss: the interrupt of a silent camera took {took:.1f} s")

    # What there was on the disk while it was still being written.
    boxes, (_, torn) = found.boxes("torn"), found.video("torn")
    require("moof" in boxes, f"torn: no fragments: {boxes}")
    require(torn == every[:len(torn)] and torn and torn[-1] > gaps[2][0], f"torn: ends at {torn[-1:]} s")
    busy = found.text("busy.log")
    require(re.search(r"/dev/video0 is in use by camstream \(\d+\)\.", busy) and "exit 65" in busy, f"busy: {busy!r}")


def check_client():
    """The one client that watched from before the losses until the end."""
    when = found.events("loss")
    require("client exit 0" in when, f"client: ended with {list(when)[-1:]}")
    status, head, _ = found.answer("stream.head")
    require(status == 200 and head["content-type"].startswith("multipart/x-mixed-replace"), f"client: {status} {head}")
    parts = found.stream("stream")
    runs = [key for key, _ in itertools.groupby(parts, lambda part: part[0].get("x-camstream-stale"))]
    require(runs == [None, "slate"] * 3 + [None], f"client: sees {runs}")
    small = found.small(["-f", "mjpeg", "-i", "-"], b"".join(jpeg for _, jpeg in parts))
    require(len(small) == len(parts), f"client: {len(small)} of {len(parts)} JPEGs decode")
    wrong = [at for at, (head, _) in enumerate(parts) if is_slate(small[at]) != ("x-camstream-stale" in head)]
    require(not wrong, f"client: parts {wrong} are no slates, or are but do not say so")
    numbers = [int(head["x-camstream-seq"]) for head, _ in parts]
    require(numbers == sorted(numbers), "client: pictures came out of order")
    # Both are the driver's time.
    pictures = [head for head, _ in parts if "x-camstream-stale" not in head]
    shifts = [float(head["x-timestamp"]) - float(head["x-camstream-pts"]) for head in pictures]
    require(max(shifts) - min(shifts) < 0.001, f"client: wall time drifts by {max(shifts) - min(shifts):.6f} s")
    # Sent again when nothing new comes, as is a picture that stands for the time until a loss is noticed.
    seen = len({head["x-camstream-seq"] for head in pictures})
    require(seen > 50, f"client: {seen} pictures")


def check_server():
    """What the server said before, during and after the silence."""
    scrapes = [found.metrics(f"{moment}.metrics") for moment in ["before", "during", "after"]]
    for moment, metrics in zip(["before", "during", "after"], scrapes):
        require(is_balanced(metrics), f"{moment}: captured is not written + dropped + in flight")
    for name, expected in {"signal": [1, 0, 1], "signal_lost_total": [0, 3, 3], "reconnects_total": [0, 2, 3],
                           "stream_clients": [1, 1, 1]}.items():
        values = [metrics[f"camstream_{name}"] for metrics in scrapes]
        require(values == expected, f"server: camstream_{name} is {values} instead of {expected}")
    written = [metrics["camstream_frames_written_total"] for metrics in scrapes]
    require(written == sorted(set(written)), f"server: {written} frames written")
    damaged = [metrics.get('camstream_frames_dropped_total{reason="damaged"}', 0) for metrics in scrapes]
    require(damaged[0] == 0 < damaged[2], f"server: {damaged} frames damaged")
    ready = [found.answer(f"{moment}.ready") for moment in ["before", "during", "after"]]
    require([status for status, _, _ in ready] == [200, 503, 200], f"server: /readyz says {ready}")
    age = re.search(rb"the newest frame is ([0-9.]+) s old", ready[1][2])
    require(age and float(age[1]) > STALE_AFTER, f"server: not ready because of {ready[1][2]!r}")
    status, head, jpeg = found.answer("during.snapshot")
    require(status == 200 and head.get("x-camstream-stale") == "slate", f"server: the snapshot is {status} {head}")
    require(is_slate(found.small(["-f", "mjpeg", "-i", "-"], jpeg)[0]), "server: the snapshot is no slate")
    require(found.answer("during.fresh")[0] == 503, "server: there is a fresh snapshot in the silence")


def check_usage():
    lines = found.text("usage.log").splitlines()
    require([line for line in lines if line.startswith("exit")] == ["exit 64"] * 3, f"usage: {lines}")
    for part in ["brightness of /dev/video0 cannot be '999'; allowed: 0 to 255.", "has no control 'nonsense'",
                 "cannot be 'No such pattern'; allowed: 0 (75% Colorbar)"]:
        require(any(part in line for line in lines), f"usage: nothing says {part!r}")


def check_devices():
    table = found.text("devices.txt").splitlines()
    heads = [line for line in table if line.startswith("/dev/")]
    require(heads == ["/dev/video0  vivid", "/dev/video1  vivid"], f"devices: the table has {heads}")
    wide = [line for line in table if len(line) > 100]
    require(not wide, f"devices: {len(wide)} lines are wider than 100: {wide[:1]}")
    cameras = json.loads(found.text("devices.json") or "[]")
    require(len(cameras) == 2, f"devices: {len(cameras)} cameras")
    for camera in cameras:
        require((camera["card"], camera["driver"]) == ("vivid", "vivid"), "devices: another camera than vivid")
        formats = {entry["name"]: entry for entry in camera["formats"]}
        for name in ["YUYV", "UYVY", "NV12", "YU12", "RGB3", "BGR3", "GREY"]:
            require(formats.get(name, {}).get("usable"), f"devices: {name} is not listed as usable")
        require(not any(entry["converted"] for entry in formats.values()), "devices: libv4l2's formats are listed")
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


for problem in found.text("problems").splitlines():
    faults.append(problem)
checks = {name: lambda name=name: check_format(name) for name in FORMATS}
checks |= {f"stop-{watched}-{stop}": lambda name=f"stop-{watched}-{stop}": check_stop(name)
           for watched in ("camera", "watched") for stop in ("INT", "TERM")}
checks |= {"loss": check_loss, "client": check_client, "server": check_server, "usage": check_usage,
           "devices": check_devices, "site": lambda: check_site(found, require)}
for name, check in checks.items():
    try:
        check()
    except (OSError, ValueError, KeyError, IndexError, TypeError, ArithmeticError) as error:
        faults.append(f"{name}: {type(error).__name__}: {error}")
for fault in faults:
    print(f"test-camera: {fault}", file=sys.stderr)
if faults:
    sys.exit(1)
print(f"test-camera: {', '.join(FORMATS)}; losses and returns, recorded and watched; two cameras in one process; "
      "controls and lists: all as they should be")
