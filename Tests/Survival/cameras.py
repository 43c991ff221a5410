"""Many cameras that are lost and come back at random, beside two that never go: nothing may grow, the two lose nothing."""

import contextlib
import os
import random
import re
import subprocess
import time
from dataclasses import dataclass
from json import loads
from statistics import median

from network import RATE, TROUBLES, NetworkCamera, Weather
from program import make_clip, numbers, running

LOST, STEADY = 24, 2
COUNT = 1 << 12  # of the numbers that a picture can bear
CALM = 10  # seconds with all cameras, to compare with


@dataclass
class Cost:
    """Proportional share of memory and resident memory in MB, threads, descriptors."""

    pss: float
    rss: float
    threads: int
    files: int

    @staticmethod
    def of(program):
        folder = f"/proc/{program.process.pid}"

        def number(file, key):
            with open(f"{folder}/{file}") as text:
                return next(int(line.split()[1]) for line in text if line.startswith(key + ":"))
        return Cost(number("smaps_rollup", "Pss") / 1024, number("status", "VmRSS") / 1024, number("status", "Threads"),
                    len(os.listdir(f"{folder}/fd")))

    def __str__(self):
        return f"{self.pss:.0f} MB (PSS; RSS {self.rss:.0f} MB), {self.threads} threads, {self.files} descriptors"


def check(condition, *facts):
    if not condition:
        raise AssertionError(" ".join(str(fact) for fact in facts))


def wait_until(condition, what, seconds):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"not within {seconds} s: {what()}")
        time.sleep(0.1)


def numbered_pictures(work):
    """JPEGs that bear 0 ..< COUNT."""
    clip = os.path.join(work, "numbers.mp4")
    make_clip(clip, -(-COUNT // 25))
    raw = subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", clip, "-frames:v", str(COUNT), "-c:v", "mjpeg", "-q:v", "3",
         "-pix_fmt", "yuvj420p", "-f", "mjpeg", "-"], check=True, stdout=subprocess.PIPE).stdout
    start = b"\xff\xd8\xff"
    pictures = [start + rest for rest in raw.split(start)[1:]]
    check(len(pictures) == COUNT, len(pictures), "pictures")
    return pictures


def measurements(program):
    """Returns {camera: {series: value}}; each camera's frames are conserved at any scrape."""
    found = {}
    for line in program.get("/metrics")[1].splitlines():
        if match := re.fullmatch(r'(\w+)\{camera="([^"]+)",?(.*)\} (\S+)', line):
            found.setdefault(match[2], {})[match[1] + match[3]] = float(match[4])
    for name, values in found.items():
        parts = values["camstream_frames_written_total"] + dropped(values) + values["camstream_frames_in_flight"]
        check(values["camstream_frames_captured_total"] == parts, name, values)
    return found


def dropped(values):
    return sum(value for name, value in values.items() if name.startswith("camstream_frames_dropped_total"))


def settings(folder, steady, lost):
    lines = [
        "defaults:", "  capture: {timeout: 2}", "  infer: {model: demo, inference-rate: 1}",
        "  overlay: {opacity: 0, labels: none, color-bar: false, enlarge: false}",
        "serve: {listen: '127.0.0.1:0'}", "cameras:"]
    for number, camera in enumerate(steady):
        output = os.path.join(folder, f"steady{number}.mkv")
        lines.append(f"  steady{number}: {{capture: {{input: '{camera.address}'}}, encode: {{output: '{output}'}}}}")
    lines += [f"  lost{number}: {{capture: {{input: '{camera.address}'}}}}" for number, camera in enumerate(lost)]
    path = os.path.join(folder, "site.yaml")
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def states(program):
    return {camera["name"]: camera["problems"] for camera in loads(program.get("/api/cameras")[1])["cameras"]}


def expect_all(program, seconds):
    """Waits until every camera is ready. Returns what the program costs then."""
    def troubled():
        return {name: problems for name, problems in states(program).items() if problems}
    wait_until(lambda: not troubled(), lambda: f"all cameras are ready, but {troubled()}", seconds)
    return Cost.of(program)


class Steady:
    """What the cameras that never go have had between two moments."""

    def __init__(self, program, cameras):
        found = measurements(program)
        self.moment, self.sent = time.monotonic(), [camera.sent for camera in cameras]
        self.captured = [found[f"steady{number}"]["camstream_frames_captured_total"] for number in range(len(cameras))]
        self.dropped = sum(dropped(found[f"steady{number}"]) for number in range(len(cameras)))

    def taken(self, since):
        """The least share of the pictures sent since then that a camera has had."""
        pairs = zip(zip(since.captured, self.captured), zip(since.sent, self.sent))
        return min((captured[1] - captured[0]) / max(sent[1] - sent[0], 1) for captured, sent in pairs)

    def lost(self, since):
        """The share of the pictures captured since then that was dropped, over all cameras."""
        return (self.dropped - since.dropped) / max(sum(self.captured) - sum(since.captured), 1)


def lost_and_returned(work, minutes, seed):
    """`minutes` of troubles."""
    pictures = numbered_pictures(work)
    steady = [NetworkCamera(pictures) for _ in range(STEADY)]
    lost = [NetworkCamera(pictures) for _ in range(LOST)]
    with running("serve", "--config", settings(work, steady, lost)) as program:
        expect_all(program, 60)
        # What this machine drops while all are there, which is when it has most to do.
        time.sleep(2)
        first = Steady(program, steady)
        time.sleep(CALM)
        before, mark = Cost.of(program), Steady(program, steady)
        calm, start, costs, least = mark.lost(first), mark, [], 1
        weather = Weather(lost, seed)
        while time.monotonic() < start.moment + 60 * minutes:
            time.sleep(1)
            costs.append(Cost.of(program))
            if time.monotonic() - mark.moment >= 5:
                mark, earlier = Steady(program, steady), mark
                least = min(least, mark.taken(earlier))
        weather.end()
        # Who was not found for long is looked for every ten seconds.
        expect_all(program, 45)
        with contextlib.suppress(AssertionError):
            # Connections that are closed may linger for a moment.
            wait_until(lambda: Cost.of(program).files <= before.files, lambda: "", 15)
        after, end = Cost.of(program), Steady(program, steady)
        losses = sum(values["camstream_signal_lost_total"] for values in measurements(program).values())
        # The end comes while some of them hang.
        for camera in lost[::2]:
            camera.state = random.choice(TROUBLES)
        time.sleep(1)
        code, took = program.stop()
    print(f"cameras: {LOST} were lost {losses:.0f} times in {end.moment - start.moment:.0f} s ({weather.changes}); before "
          f"{before}; after {after}; the end took {took:.2f} s", flush=True)
    print(f"cameras: two others had {least:.0%} or more of their pictures in any five seconds, and dropped {end.lost(start):.2%} "
          f"(while all were there: {calm:.2%})", flush=True)
    check(min(weather.changes.values()) > 0 and losses > 0.5 * sum(weather.changes.values()), "too few troubles:", losses)
    check(code == 0 and took < 2, f"exit code {code} after {took:.2f} s", program.text[-2000:])
    expect_no_growth(before, costs, after)
    check(least > 0.8 and end.taken(start) > 0.98, f"the others had {least:.2f} of their pictures, in all {end.taken(start):.3f}")
    check(end.lost(start) < calm + 0.01, f"the others dropped {end.lost(start):.3f}, in calm {calm:.3f}")
    for number in range(STEADY):
        expect_undisturbed(f"steady{number}", work, program.text)


def expect_no_growth(before, costs, after):
    third = len(costs) // 3
    early, late = costs[:third], costs[-third:]
    growth = median(cost.pss for cost in late) - median(cost.pss for cost in early)
    print(f"cameras: meanwhile memory {growth:+.1f} MB from the first to the last third, threads at most "
          f"{max(cost.threads for cost in early)} and {max(cost.threads for cost in late)}, descriptors at most "
          f"{max(cost.files for cost in early)} and {max(cost.files for cost in late)}", flush=True)
    check(growth < 8, f"memory grows by {growth:.1f} MB")
    check(after.files <= before.files, "descriptors are left:", before, after)
    check(after.threads <= before.threads, "threads are left:", before, after)
    for name in ("threads", "files"):
        most = [max(getattr(cost, name) for cost in part) for part in (early, late)]
        check(most[1] <= most[0] + 5, f"{name} grow: {most}")


def expect_undisturbed(name, folder, log):
    check(not re.search(rf"{name}: .*(no signal|signal is back|no frame)", log), f"{name} was disturbed:", log[-2000:])
    captured, written, lost = map(int, re.search(rf"{name}: (\d+) frames captured, (\d+) written, (\d+) dropped", log).groups())
    seen = numbers(os.path.join(folder, f"{name}.mkv"))
    steps = [(later - earlier) % COUNT for earlier, later in zip(seen, seen[1:])]
    check(len(seen) == written and captured == written + lost, f"{name}: {captured} captured, {written} written, {lost} dropped, "
          f"{len(seen)} recorded")
    check(0 < min(steps) and max(steps) <= RATE, f"{name}: from one picture to the next are {min(steps)} to {max(steps)}")
    missing = sum(steps) - len(steps)
    check(missing <= lost, f"{name}: {missing} pictures are missing, {lost} are counted")
