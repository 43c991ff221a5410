"""Several cameras in one process, and another method or model while pictures flow, on files that are played as cameras."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import clip as clips
from measure import Failed
from table import Row

COUNTS = [1, 4, 10]
RATE = 5  # inferences a second, a camera
WARM_UP, LENGTH = 12, 20  # seconds
SWITCHES = [
    ("cold method", {"infer.method": "layercam"}),
    ("cold model", {"infer.model": "bench", "infer.method": "auto"}),
    ("warm model", {"infer.model": "demo"}),
    ("warm model", {"infer.model": "bench"}),
    ("warm model", {"infer.model": "demo", "infer.method": "layercam"}),
    ("warm method", {"infer.method": "auto"}),
    ("warm method", {"infer.method": "layercam"}),
]
# Milliseconds.
GOALS = {"cold method": None, "cold model": 1500, "warm method": 100, "warm model": 100}


class Served:
    """A running `camstream` that listens on a port of its own choice."""

    def __init__(self, command, work: Path, environment=None):
        self.log = work / "cameras.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, stderr=log, env={**os.environ, **(environment or {})})
        port = self.wait_for(r"watch at http://127\.0\.0\.1:(\d+)/")[0]
        self.base = f"http://127.0.0.1:{port}"

    def wait_for(self, pattern: str, count: int = 1, seconds: float = 60) -> list[str]:
        end = time.time() + seconds
        while time.time() < end:
            found = re.findall(pattern, self.log.read_text())
            if len(found) >= count:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        raise Failed(f"the program did not say '{pattern}': {self.log.read_text()[-500:]}")

    def counts(self) -> dict[str, float]:
        sums: dict[str, float] = {}
        for line in urllib.request.urlopen(self.base + "/metrics").read().decode().splitlines():
            if not line.startswith("#"):
                name, value = re.split(r"[{ ]", line)[0], float(line.rsplit(" ", 1)[1])
                sums[name] = sums.get(name, 0) + value
        return sums

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def measure_cameras(program: Path, model: Path, clip, work: Path) -> list[dict]:
    long = work / "cameras.mkv"
    clips.run_ffmpeg("-stream_loop", "-1", "-i", str(clip.path), "-t", "90", "-map", "0:v", "-c", "copy", str(long))
    return [measure(count, program, model, long, work) for count in COUNTS]


def measure(count: int, program: Path, model: Path, clip: Path, work: Path) -> dict:
    site = work / "site.yaml"
    site.write_text(
        json.dumps(
            {
                "defaults": {"infer": {"inference-rate": RATE, "model": str(model)}, "capture": {"input": str(clip)}},
                "cameras": {f"camera{number}": {} for number in range(count)},
                "serve": {"listen": "127.0.0.1:0"},
            }
        )
    )
    served = Served([program, "serve", "--config", str(site)], work)
    try:
        time.sleep(WARM_UP)
        before, cpu, start = served.counts(), served.cpu(), time.time()
        time.sleep(LENGTH)
        after, seconds = served.counts(), time.time() - start
        frames, drops, inferences = (
            after.get(name, 0) - before.get(name, 0)
            for name in (
                "camstream_frames_captured_total",
                "camstream_frames_dropped_total",
                "camstream_inferences_total",
            )
        )
        return {
            "cameras": count,
            "core_percent": 100 * (served.cpu() - cpu) / seconds,
            "frames_a_second": frames / seconds,
            "dropped": drops,
            "inferences_a_second": inferences / seconds,
            "megabytes": served.megabytes(),
        }
    finally:
        served.end()


def measure_switches(program: Path, model: Path, clip, work: Path) -> list[dict]:
    """Milliseconds from the wish to the first frame of the new session, as the program's log tells them."""
    long, environment = work / "cameras.mkv", {"XDG_DATA_HOME": str(work / "data"), "XDG_CACHE_HOME": str(work / "cache")}
    for folder in environment.values():
        shutil.rmtree(folder, ignore_errors=True)
    added = subprocess.run(
        [program, "models", "add", str(model), "--name", "bench"], env={**os.environ, **environment}, capture_output=True
    )
    if added.returncode:
        raise Failed(f"the model cannot be added: {added.stderr.decode()}")
    served = Served(
        [program, "-i", str(long), "--live", "--listen", "127.0.0.1:0", "--verbose"], work, environment
    )
    try:
        served.wait_for("the first picture is delivered")
        time.sleep(3)
        times = []
        for number, (what, wish) in enumerate(SWITCHES, 1):
            request = urllib.request.Request(
                served.base + "/api/settings", json.dumps(wish).encode(), {"Content-Type": "application/json"}, method="PATCH"
            )
            urllib.request.urlopen(request).read()
            taken = served.wait_for(r"the switch took (\d+) ms", number)[number - 1]
            times.append({"what": what, "wish": wish, "ms": float(taken)})
            time.sleep(1)
        return times
    finally:
        served.end()


def camera_rows(cameras: list[dict], switches: list[dict]) -> list[Row]:
    rows = []
    for run in cameras:
        share = run["core_percent"] / run["cameras"]
        what = (
            f"{share:.1f} % of a core each; {run['frames_a_second']:.0f} frames, "
            f"{run['inferences_a_second']:.0f} inferences a second, {run['dropped']:.0f} dropped, {run['megabytes']:.0f} MB"
        )
        rows.append(Row(f"cameras: {run['cameras']}", what))
    few, many = cameras[0], cameras[-1]
    rows[-1].goal = "<= 18 %, none dropped"
    rows[-1].met = many["core_percent"] <= 18 * many["cameras"] and not many["dropped"]
    slope = (many["megabytes"] - few["megabytes"]) / (many["cameras"] - few["cameras"])
    rows.append(Row("one camera more", f"{slope:.0f} MB", "<= 45 MB", slope <= 45))
    for what, goal in GOALS.items():
        longest = max(run["ms"] for run in switches if run["what"] == what)
        row = Row(f"switch, {what}", f"{longest:.0f} ms")
        if goal:
            row.goal, row.met = f"<= {goal} ms", longest <= goal
        rows.append(row)
    return rows
