"""Whether memory stays flat over a long run, and what is allocated for each frame."""

import statistics
from dataclasses import asdict

from contestants import WORK, Contestants
from measure import Failed, MemoryWatch, count_allocations, run
from table import Row


def watch_memory(programs: Contestants, clip) -> dict:
    """Resident memory around frame 500 and around the 500th frame from the end of a long run."""
    watch = MemoryWatch(clip.path)
    out = WORK / "out-camstream.mp4"
    usage = run(programs.camstream(clip, out), programs.environment, watch)
    out.unlink()

    def around(frame):
        near = [s for s in watch.samples if abs(s.share * clip.frames - frame) < 100]
        if not near:
            raise Failed(f"no memory sample near frame {frame}: is the clip too short?")
        return statistics.median(s.rss_mb for s in near), statistics.median(s.anonymous_mb for s in near)

    late = clip.frames - 500
    (early_rss, early_anonymous), (late_rss, late_anonymous) = around(500), around(late)
    return {
        "frames": clip.frames,
        "late": late,
        "peak_mb": usage.peak_mb,
        "early_rss_mb": early_rss,
        "late_rss_mb": late_rss,
        "early_anonymous_mb": early_anonymous,
        "late_anonymous_mb": late_anonymous,
        "samples": [asdict(sample) for sample in watch.samples[:: max(1, len(watch.samples) // 500)]],
    }


def memory_rows(memory) -> list[Row]:
    growth = memory["late_rss_mb"] - memory["early_rss_mb"]
    return [
        # A page cache that fills, or one thread's arena, moves the resident size by a MB or two.
        Row(f"memory growth, frame 500 to {memory['late']}", f"{growth:+.1f} MB", "none (2 MB are noise)", growth <= 2),
        Row("  resident then and now", f"{memory['early_rss_mb']:.1f} and {memory['late_rss_mb']:.1f} MB"),
        Row(
            f"  peak over {memory['frames']} frames",
            f"{memory['peak_mb']:.0f} MB",
            "below 300 MB",
            memory["peak_mb"] < 300,
        ),
    ]


def watch_allocations(programs: Contestants, clip, short) -> dict:
    """Allocator calls a frame: a long run less a short one, so that start-up cancels out."""
    library, out = WORK / "libmalloc_count.so", WORK / "out-camstream.mp4"
    result = {}
    for name, command, environment in (
        ("camstream", programs.camstream, programs.environment),
        ("ffmpeg", programs.ffmpeg, {}),
    ):
        long, brief = (count_allocations(command(c, out), library, environment) for c in (clip, short))
        more = clip.frames - short.frames
        callers = {}
        for caller in {*long.callers, *brief.callers}:
            pair = zip(long.callers.get(caller, [0, 0]), brief.callers.get(caller, [0, 0]), strict=True)
            callers[caller] = [(after - before) / more for after, before in pair]
        result[name] = {
            "calls": (long.calls - brief.calls) / more,
            "large_calls": (long.large_calls - brief.large_calls) / more,
            "callers": dict(sorted(callers.items(), key=lambda item: -abs(item[1][0]))),
        }
    return result


def allocation_rows(allocations) -> list[Row]:
    rows = []
    for name, found in allocations.items():
        rows.append(
            Row(
                f"allocations a frame, {name}",
                f"{found['calls']:.1f}, of them {found['large_calls']:.2f} of 64 KB or more",
            )
        )
        for caller, (calls, large) in found["callers"].items():
            if calls >= 0.05:
                rows.append(Row(f"  called by {caller}", f"{calls:.1f}, {large:.2f}"))
    return rows
