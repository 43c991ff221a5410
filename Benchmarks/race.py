"""Floor and peer ratio: camstream, ffmpeg, inference alone and the Python peer, run in turn."""

import statistics
import time
from dataclasses import asdict

from clip import Clip
from contestants import WORK, Contestants
from measure import Usage, read_json, run
from table import Row, say

HINTS = ["default", "latency", "throughput", "one-thread"]


def race(programs: Contestants, clip, short, rounds) -> dict:
    """All contestants one after the other, round after round, so that a slow minute hits all of them alike.

    The first round only warms caches and is not counted.
    """
    outs = {name: WORK / f"out-{name}.mp4" for name in ("camstream", "ffmpeg", "peer")}
    runs: dict[str, list[Usage]] = {}
    inference: dict[str, list[dict]] = {hint: [] for hint in HINTS}

    def take(name, command, environment=None):
        usage = run(command, environment)
        if number > 0:
            runs.setdefault(name, []).append(usage)

    for number in range(rounds + 1):
        start = time.monotonic()
        take("camstream", programs.camstream(clip, outs["camstream"]), programs.environment)
        take("ffmpeg", programs.ffmpeg(clip, outs["ffmpeg"]))
        for hint in HINTS:
            found = read_json(programs.inference(hint, clip.frames))
            if number > 0:
                inference[hint].append(found)
        take("peer bgr24", programs.peer(clip, outs["peer"], "bgr24"))
        take("peer yuv420p", programs.peer(clip, outs["peer"], "yuv420p"))
        take(
            "ffmpeg on camstream's pictures", programs.ffmpeg(Clip(outs["camstream"], clip.frames, ""), outs["ffmpeg"])
        )
        take("camstream short", programs.camstream(short, outs["camstream"]), programs.environment)
        take("ffmpeg short", programs.ffmpeg(short, outs["ffmpeg"]))
        take("peer bgr24 short", programs.peer(short, outs["peer"], "bgr24"))
        take("peer yuv420p short", programs.peer(short, outs["peer"], "yuv420p"))
        say(f"{'warm-up' if number == 0 else f'round {number} of {rounds}'}: {time.monotonic() - start:.0f} s")
    return {
        "frames": clip.frames,
        "short_frames": short.frames,
        "inference": inference,
        "runs": {name: [asdict(usage) for usage in all] for name, all in runs.items()},
    }


class Figures:
    """Medians over the rounds of a race."""

    def __init__(self, raced):
        self.raced = raced
        self.frames = raced["frames"]
        self.more = raced["frames"] - raced["short_frames"]
        self.hint = min(HINTS, key=self.inference)

    def median(self, name, key):
        return statistics.median(usage[key] for usage in self.raced["runs"][name])

    def inference(self, hint=None, key="cpu_ms"):
        return statistics.median(found[key] for found in self.raced["inference"][hint or self.hint])

    def cpu_ms(self, name):
        return 1e3 * self.median(name, "cpu") / self.frames

    def steady(self, name, key):
        """Milliseconds a frame with start-up taken off: the long run less the short one."""
        return 1e3 * (self.median(name, key) - self.median(f"{name} short", key)) / self.more


def race_rows(raced) -> list[Row]:
    figures = Figures(raced)
    cost, transcode, inference = figures.cpu_ms("camstream"), figures.cpu_ms("ffmpeg"), figures.inference()
    floor = cost / (transcode + inference)
    steady_floor = figures.steady("camstream", "cpu") / (figures.steady("ffmpeg", "cpu") + inference)
    painted_floor = cost / (figures.cpu_ms("ffmpeg on camstream's pictures") + inference)
    precision = raced["inference"][figures.hint][0]["engine_precision"]
    rows = [
        Row("floor ratio (CPU)", f"{floor:.3f}", "at most 1.15", floor <= 1.15),
        Row("  start-up taken off both", f"{steady_floor:.3f}"),
        Row("  ffmpeg given camstream's pictures", f"{painted_floor:.3f}"),
        Row("  camstream", f"{cost:.2f} ms/frame"),
        Row("  ffmpeg, decode and encode", f"{transcode:.2f} ms/frame"),
        Row(f"  inference alone ({figures.hint}, {precision})", f"{inference:.2f} ms/frame"),
    ]
    for hint in HINTS:
        if hint != figures.hint:
            rows.append(Row(f"  (inference, hint {hint})", f"{figures.inference(hint):.2f} ms/frame"))
    for pipe, goal in (("bgr24", True), ("yuv420p", False)):
        ratio = figures.median(f"peer {pipe}", "wall") / figures.median("camstream", "wall")
        steady = figures.steady(f"peer {pipe}", "wall") / figures.steady("camstream", "wall")
        rows.append(
            Row(f"peer ratio (wall), pipe {pipe}", f"{ratio:.2f}", *(("at least 1.6", ratio >= 1.6) if goal else ()))
        )
        rows.append(Row("  start-up taken off both", f"{steady:.2f}"))
    for name in ("camstream", "peer bgr24", "peer yuv420p", "ffmpeg"):
        wall, peak = figures.median(name, "wall"), figures.median(name, "peak_mb")
        rows.append(
            Row(
                f"  {name}",
                f"{figures.frames / wall:.1f} frames/s, {figures.cpu_ms(name):.2f} ms CPU/frame, {peak:.0f} MB",
            )
        )
    peak = max(usage["peak_mb"] for usage in raced["runs"]["camstream"])
    rows.append(Row("peak resident memory, 720p", f"{peak:.0f} MB", "below 300 MB", peak < 300))
    return rows
