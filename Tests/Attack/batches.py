"""Batches: killed, stopped, several at once, on a full disk, with clocks that jump."""

import json
import os
import random
import signal
import subprocess
import time

from files import false_clock
from scene import MODEL, Program, Skipped, attack, check, wait_until

CLIPS = 24


def clips(place, count=CLIPS):
    """Different clips of 160x120 and 2 s, which MPEG-4 makes at once."""
    os.mkdir(place.path("clips"))
    for number in range(count):
        picture = f"testsrc2=duration=2:size=160x120:rate=10,hue=h={number * 15}"
        command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-c:v", "mpeg4", place.path(f"clips/{number}.mp4")]
        subprocess.run(command, check=True)


def planned(place, out="heat", *options):
    """Returns the path of a plan."""
    plan = place.path(f"{os.path.basename(out)}.jsonl")
    with open(plan, "wb") as file:
        run = place.run("batch", "plan", place.path("clips"), "--out-dir", place.path(out), "-m", MODEL, *options, output=file)
    check(run.code == 0, "the plan:", run)
    return plan


def results(place, out="heat"):
    """What is in the folder, hidden things, too, without folders."""
    top = place.path(out)
    return sorted(os.path.relpath(os.path.join(at, name), top) for at, _, files in os.walk(top) for name in files)


def expect_whole(place, plan, out="heat", count=CLIPS):
    """All is done, nothing is left over, and the program says so."""
    run = place.run("batch", "verify", plan)
    check(run.code == 0 and run.output.startswith(f"{count} whole, ".encode()), "verify:", run)
    expected = sorted(f"{number}.mp4{end}" for number in range(count) for end in ("", ".camstream.json"))
    check(results(place, out) == expected, "left:", sorted({*results(place, out)} - {*expected}))


@attack
def batches_that_are_killed(place):
    """Three runs of one plan at once, each killed at random moments: the next one finishes all, each result is the one of an
    undisturbed run, byte for byte, and nothing is left over."""
    clips(place)
    plan = planned(place)
    random.seed(7)
    end = time.monotonic() + 12
    while time.monotonic() < end:
        command = [Program.binary, "batch", "run", "-q", plan, "--all", "--jobs", "1"]
        runs = [subprocess.Popen(command, env={**os.environ, **place.environment}, stderr=subprocess.DEVNULL) for _ in range(3)]
        for process in runs:
            time.sleep(random.uniform(0.05, 0.7))
            process.send_signal(signal.SIGKILL)
        for process in runs:
            process.wait()
        # What a receipt stands for is whole at any moment.
        half = place.run("batch", "verify", plan, "--json")
        kinds = {finding["kind"] for finding in json.loads(half.output)["findings"]}
        check(kinds <= {"left over"}, "after a kill:", half)
    run = place.run("batch", "run", plan, "--all", seconds=60)
    check(run.code == 0, "the last run:", run)
    expect_whole(place, plan)
    calm = planned(place, "calm")
    check(place.run("batch", "run", calm, "--all", seconds=60).code == 0, "the undisturbed run")
    for number in range(CLIPS):
        one, other = (open(place.path(out, f"{number}.mp4"), "rb").read() for out in ("heat", "calm"))
        check(one == other, f"{number}.mp4 differs from that of the undisturbed run")


@attack
def a_batch_on_a_full_disk(place):
    """The disk of the results is full: 75, nothing half-made, and the rest is done when there is room."""
    clips(place, 6)
    disk = place.path("disk")
    os.mkdir(disk)
    mount = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", disk]
    if os.geteuid() != 0 or subprocess.run(mount).returncode != 0:
        raise Skipped("a small disk of its own needs root, and a machine that lets it mount")
    try:
        plan = planned(place, "disk/heat", "--codec", "mpeg4")
        run = place.run("batch", "run", plan, "--all", "--jobs", "1")
        check(run.code == 75 and b"the disk is full" in run.errors, "full:", run)
        left = results(place, "disk/heat")
        check(all(not name.startswith(".camstream") for name in left), "half-made:", left)
        check(len([name for name in left if name.endswith(".mp4")]) * 2 == len(left), "without a receipt:", left)
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        check(place.run("batch", "run", plan, "--all").code == 0, "with room")
        expect_whole(place, plan, "disk/heat", 6)
    finally:
        subprocess.run(["umount", disk], check=True)


@attack
def a_batch_whose_clock_jumps(place):
    """The clock goes ten years ahead while another task has a job: that one's lock stays, and both end with all done."""
    clips(place)
    plan = planned(place)
    environment, set_ahead = false_clock(place, 0)
    with place.started("batch", "run", plan, "--all", "--jobs", "1", environment=environment) as one:
        wait_until(lambda: os.path.isdir(place.path("heat")) and len(results(place)) > 4, "first results")
        set_ahead(3650 * 86400)
        other = place.run("batch", "run", plan, "--all", "--jobs", "1", environment=environment, seconds=60)
        check(other.code == 0, "the other:", other)
        check(one.wait(60) == 0, "the first:", one.text)
        done = [int(text.split(" done,")[0].split()[-1]) for text in (one.text, other.text)]
    check(sum(done) == CLIPS, "jobs that were done:", done)
    expect_whole(place, plan)


@attack
def plans_from_strangers(place):
    """A plan whose results lie outside its folder, or that has no end: refused in one line, and nothing is written."""
    clips(place, 2)
    plan = planned(place)
    lines = open(plan).read().splitlines()
    for output in ["../stolen.mp4", "/tmp/../" + place.path("stolen.mp4"), "a/../../stolen.mp4", "", ".", ".camstream/x.lock"]:
        job = json.loads(lines[1])
        job["outputs"]["output"] = output
        foreign = place.write("foreign.jsonl", "\n".join([lines[0], json.dumps(job), lines[-1]]) + "\n")
        run = place.run("batch", "run", foreign, "--all")
        check(run.code in (64, 65) and run.errors.count(b"error: ") == 1, output, run)
        check(not os.path.exists(place.path("stolen.mp4")) and not results(place), output, "was written", results(place))
    for name, text in {"an id": lines[1].replace('"id": "', '"id": "../'), "half a line": lines[1][:40]}.items():
        foreign = place.write("foreign.jsonl", "\n".join([lines[0], text, lines[-1]]) + "\n")
        run = place.run("batch", "run", foreign, "--all")
        check(run.code in (64, 65) and run.errors.count(b"error: ") == 1, name, run)
        check(not results(place), name, "was written", results(place))
