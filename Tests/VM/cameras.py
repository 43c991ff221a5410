"""Checks what two cameras in one process have left: one is never troubled, whatever happens to the other's device."""

import itertools
import json
import re

from evidence import is_balanced, is_slate, of_camera, summary

RATE = 2  # an emulated machine is slow
UNPLUGGED = 4  # seconds at least, as init.sh waits
# Between two pictures of the camera that is left alone; the other's losses and returns take longer.
LONGEST = 2.0


def check_site(found, require):
    """`found` is the Evidence; `require` takes whether something holds, and what is wrong otherwise."""
    when, log = found.events("site"), found.text("site.log")
    require("exit 0" in when, f"site: ended with {[what for what in when if what.startswith('exit')]}")
    took = when.get("exit 0", 0) - when.get("interrupt", 0)
    require(took < 5, f"site: the end took {took:.1f} s")
    files = found.text("site.files").split()
    require(files == sorted(f"{name}.{kind}" for name in ("far", "left", "right") for kind in ("jsonl", "mp4")),
            f"site: left are {files}")
    check_alone(found, require, when, log)
    check_unplugged(found, require, when, log)
    check_new(found, require, log)
    check_answers(found, require)


def lines_of(log, name):
    return "\n".join(line for line in log.splitlines() if f" {name}: " in line)


def watched(found, name):
    """A client's parts that are no slates and were not sent again, and what it saw in turn: None for pictures."""
    parts = found.stream(f"{name}.stream")
    runs = [key for key, _ in itertools.groupby(parts, lambda part: part[0].get("x-camstream-stale"))]
    heads = {head["x-camstream-seq"]: head for head, _ in parts if "x-camstream-stale" not in head}
    return list(heads.values()), runs


def check_alone(found, require, when, log):
    """`left` lost nothing: neither its recording, nor its client, nor its measurements know of the other's troubles."""
    own = lines_of(log, "left")
    require("no signal" not in own and "is back" not in own, f"left: was troubled: {own}")
    _, moments = found.video("left")
    steps = [later - earlier for earlier, later in zip(moments, moments[1:])]
    require(0 < min(steps) and max(steps) < LONGEST, f"left: pictures are {min(steps):.3f} to {max(steps):.3f} s apart")
    # What the driver has taken in that time: no picture of it is unaccounted for.
    taken = round(moments[-1] * RATE) + 1
    captured, written, dropped = summary(own)
    require(abs(captured - taken) <= 1, f"left: {captured} captured, {taken} taken in {moments[-1]:.1f} s")
    require(captured == written + sum(dropped.values()), f"left: {captured} captured, {written} written, {dropped}")
    require(written == len(moments), f"left: {len(moments)} pictures in the file, but {written} written")
    # What a busy machine had no time for; nothing on an idle one.
    require(set(dropped) <= {"missed", "superseded"} and sum(dropped.values()) <= captured // 2, f"left: {dropped} of {captured}")
    span = when["interrupt"] - when["unplug"]
    require(moments[-1] > span, f"left: records {moments[-1]:.1f} s, all troubles took {span:.1f} s")
    pictures, runs = watched(found, "left")
    require(runs == [None], f"left: its client sees {runs}")
    times = [float(head["x-timestamp"]) for head in pictures]
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    require(max(gaps) < LONGEST and times[-1] - times[0] > span - 1,
            f"left: its client sees pictures {max(gaps):.3f} s apart, for {times[-1] - times[0]:.1f} of {span:.1f} s")
    require("left client exit 0" in when, "left: its client did not end well")


def check_unplugged(found, require, when, log):
    """`right` went and came back, with slates meanwhile, and ended whole when it was taken out."""
    own = lines_of(log, "right")
    causes = re.findall(r"no signal since \S+ (.*)", own)
    require(len(causes) == 1 and "/dev/video1" in causes[0] and "is gone" in causes[0], f"right: losses {causes}")
    returns = [int(seconds) for seconds in re.findall(r"the signal is back after (\d+) s, from /dev/video1", own)]
    require(len(returns) == 1 and returns[0] >= UNPLUGGED, f"right: returns {returns}")
    require("this camera is taken out" in own, "right: the log does not tell that it is taken out")
    _, moments = found.video("right")
    small = found.small(["-i", found.folder / "right.mp4"])
    runs = [key for key, _ in itertools.groupby(is_slate(picture) for picture in small)]
    require(runs == [False, True, False], f"right: its recording has slates so: {runs}")
    require(len(small) == len(moments), f"right: {len(small)} of {len(moments)} pictures decode")
    require(moments[-1] > when["reload"] - when["unplug"], f"right: records {moments[-1]:.1f} s")
    _, runs = watched(found, "right")
    require(runs == [None, "slate", None], f"right: its client sees {runs}")
    end = when.get("right client exit 0")
    require(end and when["reload"] <= end < when["interrupt"], f"right: its client's stream ended at {end}")


def check_new(found, require, log):
    """`far` has the other's device, from the reload on."""
    own = lines_of(log, "far")
    require("this camera is new" in own and "no signal" not in own, f"far: {own}")
    _, moments = found.video("far")
    pictures, runs = watched(found, "far")
    require(len(moments) > RATE and len(pictures) > 2 and runs == [None],
            f"far: {len(moments)} pictures recorded, {len(pictures)} watched, {runs}")


def check_answers(found, require):
    """What the server said of each."""
    ready = [found.answer(f"site-{moment}.ready") for moment in ("before", "during", "after")]
    require([status for status, _, _ in ready] == [200, 503, 200], f"site: /readyz says {ready}")
    reasons = ready[1][2].decode().splitlines()
    require(reasons and all(line.startswith("right: ") for line in reasons), f"site: not ready because of {reasons}")
    for name, is_there in (("left", True), ("right", False)):
        status, head, _ = found.answer(f"site-{name}.snapshot")
        require(status == 200 and ("x-camstream-stale" not in head) == is_there, f"{name}: the snapshot is {status} {head}")
    require(found.answer("site-gone.snapshot")[0] == 404, "right: there is a snapshot of what is gone")
    listed = json.loads(found.answer("site.cameras")[2])["cameras"]
    require([(camera["name"], camera["is_ready"]) for camera in listed] == [("left", True), ("far", True)],
            f"site: the cameras are {listed}")
    metrics = found.metrics("site.metrics")
    require(not of_camera(metrics, "right"), "right: there are measurements of what is gone")
    for name in ("left", "far"):
        own = of_camera(metrics, name)
        require(is_balanced(own), f"{name}: captured is not written + dropped + in flight")
        values = [own[f"camstream_{key}"] for key in ("signal", "signal_lost_total", "stream_clients")]
        require(values == [1, 0, 1], f"{name}: signal, losses and clients are {values}")
