"""Batches: clips a second against a shell loop that starts the program for each, and how planning and status grow."""

import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from measure import Failed, run
from table import Row

CLIPS = 1000
GROUP = 50  # clips that the loop and the batch do in turns
COUNTS = [100, 1000, 10_000, 100_000]
FFMPEG = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi"]


def settings(model: Path, card: Path | None) -> list[str]:
    return ["--precision", "f32", "-m", str(model)] + (["--card", str(card)] if card else [])


def make_clips(folder: Path, count: int) -> list[Path]:
    """Clips of 2 s at 360p: 16 different ones, under as many names as are wanted."""
    folder.mkdir(parents=True)
    kinds = []
    for kind in range(16):
        path = folder.parent / f"kind{kind}.mp4"
        picture = f"testsrc2=duration=2:size=640x360:rate=25,hue=h={kind * 22}"
        run([*FFMPEG, "-i", picture, "-pix_fmt", "yuv420p", "-preset", "veryfast", str(path)])
        kinds.append(path)
    paths = [folder / f"{number:05}.mp4" for number in range(count)]
    for number, path in enumerate(paths):
        os.link(kinds[number % 16], path)
    return paths


def plan(program: Path, inputs: list[str], out: Path, name: Path, options: list[str]):
    """Writes a plan; says what it cost."""
    command = " ".join(f"'{word}'" for word in [str(program), "batch", "plan", *inputs, "--out-dir", str(out), *options])
    return run(["sh", "-c", f"exec {command} -q > '{name}'"])


def race_loop(program: Path, model: Path, card: Path | None, work: Path, count: int) -> dict:
    """The batch and the loop in turns, each on the same clips, a group at a time."""
    options = settings(model, card)
    times = {"loop": [], "batch": [], "one": []}
    clips = make_clips(work / "clips", count)
    for start in range(0, count, GROUP):
        group = [str(path) for path in clips[start : start + GROUP]]
        begin = time.monotonic()
        for path in group:
            out = work / "loop" / Path(path).name
            out.parent.mkdir(exist_ok=True)
            run([str(program), "-q", "-i", path, "-o", str(out), *options])
        times["loop"].append(time.monotonic() - begin)
        for name, jobs in (("batch", []), ("one", ["--jobs", "1"])):
            jobs_file = work / f"{name}.jsonl"
            begin = time.monotonic()
            plan(program, group, work / f"{name}-{start}", jobs_file, options)
            run([str(program), "batch", "run", "-q", str(jobs_file), "--all", *jobs])
            times[name].append(time.monotonic() - begin)
    shutil.rmtree(work / "loop")
    return {"clips": count, "group": GROUP, "seconds": times}


def measure_overhead(program: Path, model: Path, card: Path | None, work: Path) -> dict:
    """What a job costs beside its frames: clips of 1 and of 51 frames, one at a time."""
    seconds = {}
    for frames in (1, 51):
        folder = work / f"frames{frames}"
        folder.mkdir()
        first = folder / "0.mp4"
        picture = f"testsrc2=size=640x360:rate=25"
        run([*FFMPEG, "-i", picture, "-frames:v", str(frames), "-pix_fmt", "yuv420p", "-preset", "veryfast", str(first)])
        for number in range(1, 60):
            os.link(first, folder / f"{number}.mp4")
        jobs_file = work / f"frames{frames}.jsonl"
        plan(program, [str(folder)], work / f"heat{frames}", jobs_file, settings(model, card))
        few = work / f"few{frames}.jsonl"
        lines = jobs_file.read_text().splitlines()
        few.write_text("\n".join([*lines[:11], json.dumps({"end": {"jobs": 10, "shards": 1}})]) + "\n")
        walls = {}
        for name in (few, jobs_file):
            walls[name] = run([str(program), "batch", "run", "-q", str(name), "--all", "--jobs", "1"]).wall
        # The first ten pay for the start, and are skipped the second time.
        seconds[frames] = walls[jobs_file] / 50
    return {"one": seconds[1], "frame": (seconds[51] - seconds[1]) / 50}


def measure_growth(program: Path, model: Path, card: Path | None, work: Path) -> list[dict]:
    """Planning, and the status of a batch that is done, against the number of jobs. Receipts are copies of a real one."""
    options = settings(model, card)
    growth = []
    for count in COUNTS:
        folder, out, clip = work / f"many{count}", work / f"done{count}", work / "kind0.mp4"
        for number in range(count):
            place = folder / f"{number // 1000:03}" / f"{number:06}.mp4"
            if number % 1000 == 0:
                place.parent.mkdir(parents=True)
            clip = add_name(clip, place, number)
        # What the file system takes for names and sizes alone.
        walk = min(run(["find", str(folder), "-type", "f", "-size", "+0", "-printf", "%p %s %T@\n"]).wall for _ in range(3))
        jobs_file = work / f"many{count}.jsonl"
        plans = {}
        for name, extra in (("probe", []), ("size", ["--no-probe"])):
            plans[name] = plan(program, [str(folder)], out, jobs_file, options + extra)
        begin_status = fill(program, jobs_file, out, work)
        status = min((run([str(program), "batch", "status", str(jobs_file)]) for _ in range(3)), key=lambda usage: usage.wall)
        skip = run([str(program), "batch", "run", "-q", str(jobs_file), "--all"])
        growth.append(
            {
                "jobs": count,
                "walk": walk,
                "plan": plans["probe"].wall,
                "plan_by_size": plans["size"].wall,
                "plan_mb": plans["probe"].peak_mb,
                "status": status.wall,
                "status_mb": status.peak_mb,
                "skip": skip.wall,
                "done": begin_status,
            }
        )
        shutil.rmtree(folder)
        shutil.rmtree(out)
    return growth


def add_name(source: Path, place: Path, number: int) -> Path:
    """Gives a file one more name; a file may have 65,000 of them. Says which file has the next ones."""
    if number % 60_000:
        os.link(source, place)
        return source
    shutil.copy(source, place)
    return place


def fill(program: Path, jobs_file: Path, out: Path, work: Path) -> int:
    """Puts a result and a receipt in place for each job of a plan, as if it was done; the first one really is."""
    lines = jobs_file.read_text().splitlines()
    one = work / "one-job.jsonl"
    one.write_text("\n".join([*lines[:2], json.dumps({"end": {"jobs": 1, "shards": 1}})]) + "\n")
    run([str(program), "batch", "run", "-q", str(one), "--all"])
    first = json.loads(lines[1])
    result = out / first["outputs"]["output"]
    receipt = json.loads(Path(f"{result}.camstream.json").read_text())
    source = result
    for number, line in enumerate(lines[2:-1], 1):
        job = json.loads(line)
        path = out / job["outputs"]["output"]
        path.parent.mkdir(parents=True, exist_ok=True)
        source = add_name(source, path, number)
        receipt["id"] = job["id"]
        receipt["input"]["modified"] = job["modified"]
        receipt["outputs"][0]["path"] = job["outputs"]["output"]
        Path(f"{path}.camstream.json").write_text(json.dumps(receipt))
    done = json.loads(subprocess.run([program, "batch", "status", jobs_file, "--json"], capture_output=True, check=True).stdout)
    if done["done"] != len(lines) - 2:
        raise Failed(f"the receipts do not fit: {done}")
    return done["done"]


def measure_batches(program: Path, model: Path, card: Path | None, work: Path, count: int) -> dict:
    work = work / "batches"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    result = {
        "race": race_loop(program, model, card, work, count),
        "overhead": measure_overhead(program, model, card, work),
        "growth": measure_growth(program, model, card, work),
    }
    shutil.rmtree(work)
    return result


def batch_rows(batches: dict) -> list[Row]:
    seconds, count = batches["race"]["seconds"], batches["race"]["clips"]
    ratios = [loop / batch for loop, batch in zip(seconds["loop"], seconds["batch"])]
    ratio, overhead = statistics.median(ratios), batches["overhead"]["one"] - batches["overhead"]["frame"]
    rows = [
        Row(f"batch: clips a second, {count} of 2 s, 360p", f"{count / sum(seconds['batch']):.2f}"),
        Row("  a shell loop", f"{count / sum(seconds['loop']):.2f}"),
        Row("  the batch with one at a time", f"{count / sum(seconds['one']):.2f}"),
        Row("  batch / loop, median of groups", f"{ratio:.2f}", "1.8 at least", ratio >= 1.8),
        Row("  a job beside its frames", f"{overhead * 1000:.0f} ms", "60 ms at most", overhead <= 0.06),
    ]
    for point in batches["growth"]:
        rows.append(
            Row(
                f"batch: {point['jobs']} jobs",
                f"plan {point['plan']:.2f} s (by size {point['plan_by_size']:.2f}, find {point['walk']:.2f}), "
                f"{point['plan_mb']:.0f} MB; status {point['status']:.2f} s, {point['status_mb']:.0f} MB; "
                f"skip all {point['skip']:.2f} s",
            )
        )
    last = batches["growth"][-1]
    by_size = last["plan_by_size"] - last["walk"]
    rows += [
        Row(f"  planning {last['jobs']} files beyond find", f"{last['plan'] - last['walk']:.1f} s", "5 s at most", last["plan"] - last["walk"] <= 5),
        Row("  the same by size alone", f"{by_size:.1f} s", "5 s at most", by_size <= 5),
        Row(f"  status of {last['jobs']} receipts", f"{last['status']:.1f} s", "5 s at most", last["status"] <= 5),
    ]
    return rows
