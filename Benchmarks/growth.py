"""How the cost grows: with the picture's size, with the clip's length, with the number of classes that are drawn."""

import statistics
import time
from dataclasses import asdict, dataclass

from clip import Clip, cut_clip, scale_clip
from contestants import WORK, Contestants
from measure import Usage, run
from table import Row, say

SIZES = {"360p": 360, "720p": 720, "1080p": 1080, "2160p": 2160}
USUAL = "720p"
LENGTHS = [1, 2, 4]  # times the clip
CLASSES = {1: "overlay", 5: "grid"}  # layouts, by how many classes they draw
FRAMES = 180  # of a clip in another size: those of 2160p take long
SHORT = 60  # frames of the runs that start-up is read from


@dataclass
class Entry:
    command: list[str]
    environment: dict[str, str] | None
    frames: int


def lineup(programs: Contestants, clip: Clip) -> dict[str, Entry]:
    """What runs, by its name; each reads a whole clip, long or short."""
    out, kept, sidecar = WORK / "out-growth.mp4", WORK / "out-growth.mkv", WORK / "out-growth.jsonl"
    found = {}

    def add(name: str, long: Clip, make, environment=None, *words: str) -> None:
        for kind, read in (("long", long), ("short", cut_clip(long, SHORT, WORK))):
            found[f"{name} {kind}"] = Entry([*make(read), *words], environment, read.frames)

    for size, height in SIZES.items():
        scaled = scale_clip(cut_clip(clip, FRAMES, WORK), height, WORK)
        add(f"overlay {size}", scaled, lambda read: programs.camstream(read, out), programs.environment)
        add(f"analysis {size}", scaled, lambda read: programs.analysis(read, sidecar), programs.environment)
        add(f"ffmpeg {size}", scaled, lambda read: programs.ffmpeg(read, out))
    for times in LENGTHS:
        long = cut_clip(clip, times * clip.frames, WORK)
        add(f"length {times}", long, lambda read: programs.analysis(read, sidecar), programs.environment)
    for count, layout in CLASSES.items():
        words = ("--layout", layout)
        add(f"keep {count}", clip, lambda read: programs.keep(read, kept), programs.environment, *words)
        add(f"classes {count}", clip, lambda read: programs.analysis(read, sidecar), programs.environment, *words)
    return found


def measure_growth(programs: Contestants, clip: Clip, rounds: int) -> dict:
    """All of them in turn, round after round; a round before the first warms caches and is not counted."""
    entries = lineup(programs, clip)
    runs: dict[str, list[Usage]] = {name: [] for name in entries}
    for number in range(rounds + 1):
        start = time.monotonic()
        for name, entry in entries.items():
            runs[name].append(run(entry.command, entry.environment))
        say(f"growth, {f'round {number} of {rounds}' if number else 'warm-up'}: {time.monotonic() - start:.0f} s")
    for path in WORK.glob("out-growth.*"):
        path.unlink()
    return {
        "frames": {name: entry.frames for name, entry in entries.items()},
        "runs": {name: [asdict(usage) for usage in usages[1:]] for name, usages in runs.items()},
    }


class Growth:
    """Medians over the rounds, start-up taken off; milliseconds of CPU a frame."""

    def __init__(self, measured: dict):
        self.measured = measured

    def cost(self, name: str) -> float:
        def median(kind):
            return statistics.median(usage["cpu"] for usage in self.measured["runs"][f"{name} {kind}"])

        frames = self.measured["frames"]
        return 1e3 * (median("long") - median("short")) / (frames[f"{name} long"] - frames[f"{name} short"])

    def row(self, title: str, name: str, first: str, *goal) -> Row:
        """With how many times the first one's cost it is."""
        cost = self.cost(name)
        return Row(title, f"{cost:.2f} ms CPU/frame, x {cost / self.cost(first):.2f}", *goal)


def growth_rows(measured: dict) -> list[Row]:
    growth, rows = Growth(measured), []
    for name, words in (("overlay", "overlay"), ("analysis", "analysis alone"), ("ffmpeg", "ffmpeg's transcoding")):
        for size, height in SIZES.items():
            pixels = (height / SIZES[USUAL]) ** 2
            rows.append(growth.row(f"{words}, {size} (pixels x {pixels:g})", f"{name} {size}", f"{name} {USUAL}"))
    for times in LENGTHS:
        share = growth.cost(f"length {times}") / growth.cost("length 1")
        frames = measured["frames"][f"length {times} long"]
        goal = ("flat (5 % are noise)", share <= 1.05) if times > 1 else ()
        rows.append(growth.row(f"analysis of {frames} frames", f"length {times}", "length 1", *goal))
    for name, words in (("keep", "--keep-video"), ("classes", "analysis alone")):
        for count in CLASSES:
            plural = "class" if count == 1 else "classes"
            rows.append(growth.row(f"{words}, {count} drawn {plural}", f"{name} {count}", f"{name} 1"))
    return rows
