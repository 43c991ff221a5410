"""Floor and peer ratio: camstream, ffmpeg, inference alone and the Python peer, run in turn."""

import statistics
import time
from dataclasses import asdict

from clip import FRAME_RATE, Clip, count_frames
from contestants import PEERS, WORK, Contestants
from measure import Failed, Usage, read_json, run
from table import Row, say

HINTS = ["default", "latency", "throughput", "one-thread"]
PRECISIONS = ["f32", "bf16", "f16"]
TRIAL_RUNS = 100  # inferences that each precision is timed with, three times over


def time_precisions(programs: Contestants) -> dict[str, float]:
    """Milliseconds an inference in each precision that the engine has here, in turns."""
    times: dict[str, list[float]] = {}
    for _ in range(3):
        for asked in PRECISIONS:
            found = read_json(programs.inference("throughput", TRIAL_RUNS, asked))
            # What the processor does not have is computed in another one.
            if found["engine_precision"] == asked:
                times.setdefault(asked, []).append(found["wall_ms"])
    return {precision: statistics.median(taken) for precision, taken in times.items()}


def race(programs: Contestants, clip: Clip, short: Clip, rounds: int) -> dict:
    """All contestants one after the other, round after round, so that a slow minute hits all of them alike.

    A round before the first warms caches and is not counted.
    """
    precisions = {} if programs.precision else time_precisions(programs)
    programs.precision = programs.precision or min(precisions, key=precisions.get)
    out = {name: WORK / f"out-{name}.mp4" for name in ("camstream", "ffmpeg", "short", *PEERS)}
    kept, kept_auto, sidecar = WORK / "out-kept.mkv", WORK / "out-kept-auto.mkv", WORK / "out.jsonl"
    painted = Clip(WORK / "painted.mp4", clip.frames, "camstream's pictures, lossless")
    run(programs.lossless(clip, painted.path), programs.environment)
    lineup = {
        "camstream": (programs.camstream(clip, out["camstream"]), programs.environment),
        "ffmpeg": (programs.ffmpeg(clip, out["ffmpeg"]), None),
        **{f"peer {kind}": (programs.peer(clip, out[kind], kind), None) for kind in PEERS},
        "keep": (programs.keep(clip, kept), programs.environment),
        "keep auto": (programs.keep(clip, kept_auto, "auto"), programs.environment),
        "analysis": (programs.analysis(clip, sidecar), programs.environment),
        "decode": (programs.decode(clip), None),
        "decode painted": (programs.decode(painted), None),
        "ffmpeg painted": (programs.ffmpeg(painted, out["short"]), None),
        "camstream short": (programs.camstream(short, out["short"]), programs.environment),
        "ffmpeg short": (programs.ffmpeg(short, out["short"]), None),
        **{f"peer {kind} short": (programs.peer(short, out["short"], kind), None) for kind in PEERS},
    }
    runs: dict[str, list[Usage]] = {name: [] for name in lineup}
    inference: dict[str, list[dict]] = {hint: [] for hint in HINTS}
    for number in range(rounds + 1):
        start = time.monotonic()
        for name, (command, environment) in lineup.items():
            runs[name].append(run(command, environment))
        for hint in HINTS:
            inference[hint].append(read_json(programs.inference(hint, clip.frames)))
        say(f"{f'round {number} of {rounds}' if number else 'warm-up'}: {time.monotonic() - start:.0f} s")
    for name in ("camstream", "ffmpeg", *PEERS):
        if (frames := count_frames(out[name])) != clip.frames:
            raise Failed(f"{name} wrote {frames} frames of {clip.frames}: the figures would not compare")
    sizes = {"clip": clip.path.stat().st_size, "keep": kept.stat().st_size}
    looked = sum("map_age" not in line for line in frames_of(programs, clip, sidecar))
    for path in (painted.path, kept, kept_auto, sidecar, *out.values()):
        path.unlink()
    return {
        "frames": clip.frames,
        "precision": programs.precision,
        "precisions": precisions,
        "short_frames": short.frames,
        "sizes": sizes,
        "looked": looked,
        "inference": {hint: found[1:] for hint, found in inference.items()},
        "runs": {name: [asdict(usage) for usage in usages[1:]] for name, usages in runs.items()},
    }


def frames_of(programs: Contestants, clip: Clip, sidecar) -> list[str]:
    """The sidecar of a run that looks where something changed."""
    run([*programs.analysis(clip, sidecar), "--cam-every", "auto"], programs.environment)
    return sidecar.read_text().splitlines()


class Figures:
    """Medians over the rounds of a race; milliseconds a frame unless it says otherwise."""

    def __init__(self, raced: dict):
        self.raced = raced
        self.frames = raced["frames"]
        self.hint = min(HINTS, key=self.inference)  # the cheapest, so that the floor is as low as can be

    def total(self, name: str, key: str) -> float:
        return statistics.median(usage[key] for usage in self.raced["runs"][name])

    def inference(self, hint: str) -> float:
        return statistics.median(found["cpu_ms"] for found in self.raced["inference"][hint])

    def precision(self) -> str:
        times = ", ".join(f"{name} {taken:.2f}" for name, taken in self.raced["precisions"].items())
        return self.raced["precision"] + (f", the fastest ({times} ms)" if times else ", as asked")

    def cpu(self, name: str) -> float:
        return 1e3 * self.total(name, "cpu") / self.frames

    def steady(self, name: str, key: str) -> float:
        """With start-up taken off: the long run less the short one."""
        frames = self.frames - self.raced["short_frames"]
        return 1e3 * (self.total(name, key) - self.total(f"{name} short", key)) / frames

    def encode_painted(self) -> float:
        """What the same encoder takes for camstream's pictures, more than for the clip's own."""
        return self.cpu("ffmpeg painted") - self.cpu("decode painted") - (self.cpu("ffmpeg") - self.cpu("decode"))


def floor_rows(figures: Figures) -> list[Row]:
    camstream, transcode, inference = figures.cpu("camstream"), figures.cpu("ffmpeg"), figures.inference(figures.hint)
    harder, precision = figures.encode_painted(), figures.raced["inference"][figures.hint][0]["engine_precision"]
    ratio = camstream / (transcode + inference)
    steady = figures.steady("camstream", "cpu") / (figures.steady("ffmpeg", "cpu") + inference)
    rows = [
        Row("floor ratio (CPU)", f"{ratio:.3f}", "at most 1.15", ratio <= 1.15),
        Row("  start-up taken off both", f"{steady:.3f}"),
        Row("  ffmpeg encoding the same pictures", f"{camstream / (transcode + harder + inference):.3f}"),
        Row("  camstream", f"{camstream:.2f} ms/frame"),
        Row("  ffmpeg on the clip", f"{transcode:.2f} ms/frame, decoding {figures.cpu('decode'):.2f}"),
        Row(f"  inference ({figures.hint}, {precision})", f"{inference:.2f} ms/frame"),
        Row("  libx264: painted less plain", f"{harder:+.2f} ms/frame"),
    ]
    others = ", ".join(f"{hint} {figures.inference(hint):.2f}" for hint in HINTS if hint != figures.hint)
    rows.append(Row("  inference, other hints", others))
    return rows + [Row("precision of the inference and the peer", figures.precision())]


def peer_rows(figures: Figures) -> list[Row]:
    rows = []
    for kind in PEERS:
        ratio = figures.total(f"peer {kind}", "wall") / figures.total("camstream", "wall")
        steady = figures.steady(f"peer {kind}", "wall") / figures.steady("camstream", "wall")
        goal = () if kind == "plain" else ("at least 1.6", ratio >= 1.6)
        rows.append(Row(f"peer ratio (wall), {kind}", f"{ratio:.2f}", *goal))
        rows.append(Row("  start-up taken off both", f"{steady:.2f}"))
    for name in ("camstream", *(f"peer {kind}" for kind in PEERS), "ffmpeg"):
        speed, peak = figures.frames / figures.total(name, "wall"), figures.total(name, "peak_mb")
        rows.append(Row(f"  {name}", f"{speed:.1f} frames/s, {figures.cpu(name):.2f} ms CPU/frame, {peak:.0f} MB"))
    return rows


def kept_rows(figures: Figures) -> list[Row]:
    raced, inference, transcode = figures.raced, figures.inference(figures.hint), figures.cpu("ffmpeg")
    rows = []
    for name, words in (("keep", "--keep-video"), ("keep auto", "--keep-video --cam-every auto")):
        ratio = figures.cpu(name) / (transcode + inference)
        goal = ("at most 0.60", ratio <= 0.6) if name == "keep" else ()
        rows.append(Row(f"{words} (CPU), to ffmpeg and inference", f"{ratio:.3f}", *goal))
        peer = figures.total("peer yuv420p", "wall") / figures.total(name, "wall")
        goal = ("at least 2.2", peer >= 2.2) if name == "keep" else ()
        rows.append(Row("  peer ratio (wall), yuv420p", f"{peer:.2f}", *goal))
    analysis = figures.cpu("analysis") / (figures.cpu("decode") + inference)
    rows.append(Row("analysis (CPU), to decoding and inference", f"{analysis:.3f}", "at most 1.10", analysis <= 1.1))
    added, seconds = raced["sizes"]["keep"] - raced["sizes"]["clip"], figures.frames / FRAME_RATE
    rate = 8e-6 * added / seconds
    rows.append(Row("  heat and records", f"{rate:.3f} Mbit/s", "at most 3 % of 5 Mbit/s", rate <= 0.15))
    rows.append(Row("  frames that auto looks at", f"{100 * raced['looked'] / figures.frames:.0f} %"))
    return rows


def race_rows(raced: dict) -> list[Row]:
    figures = Figures(raced)
    peak = max(usage["peak_mb"] for usage in raced["runs"]["camstream"])
    memory = Row("peak resident memory, 720p", f"{peak:.0f} MB", "below 300 MB", peak < 300)
    return [*floor_rows(figures), *peer_rows(figures), *kept_rows(figures), memory]
