"""`make bench`: what camstream costs, measured side by side with what it cannot do without and with a Python peer.

docs/project/benchmarks.md says what each figure means. Prints one table; everything measured goes to Benchmarks/results/*.json.
"""

import argparse
import json
import os
import time
from dataclasses import asdict
from pathlib import Path

import clip as clips
import machine
from batches import CLIPS, batch_rows, measure_batches
from boxes import box_rows, measure_boxes
from cameras import camera_rows, measure_cameras, measure_switches
from contestants import ROOT, WORK, Contestants
from evaluations import evaluation_rows, measure_evaluations
from growth import growth_rows, measure_growth
from live import live_rows, watch_live
from measure import Failed
from memory import allocation_rows, memory_rows, watch_allocations, watch_memory
from methods import measure_methods, method_rows
from overlay import measure_overlay, overlay_rows
from race import race, race_rows
from table import Row, print_table, say

PARTS = ["race", "growth", "overlay", "live", "cameras", "memory", "allocations", "methods", "evaluations", "detectors", "batches"]
WITH_CLIP = {"race", "growth", "live", "cameras", "memory", "allocations"}
SHORT = 60  # frames of the short run that start-up is read from


def parse_arguments():
    shared = ROOT.parent / "shared"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / ".build/release/camstream")
    parser.add_argument("--overlay-program", type=Path, default=ROOT / ".build/release/overlay-bench")
    parser.add_argument("--methods-program", type=Path, default=ROOT / ".build/release/method-bench")
    parser.add_argument("--evaluate-program", type=Path, default=ROOT / ".build/release/evaluate-bench")
    parser.add_argument(
        "--methods-python", type=Path, help="one with Benchmarks/requirements-methods.txt; else .deps/methods-venv is made"
    )
    parser.add_argument(
        "--model", type=Path, default=shared / "models/mobilenetv2.onnx", help="the peer takes models like it"
    )
    parser.add_argument("--card", type=Path, help="the model's card; found in configs/models by the model's name")
    parser.add_argument("--labels", type=Path, default=shared / "labels/imagenet_classes.txt", help="for the peer")
    parser.add_argument("--clip", type=Path, help="a clip of your own instead of the one made here")
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--long-frames", type=int, default=5500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--preset", default="veryfast")
    parser.add_argument("--crf", default="23")
    parser.add_argument("--precision", help="of the inference alone and the peer; without it, the fastest one here")
    parser.add_argument("--batch-clips", type=int, default=CLIPS)
    parser.add_argument("--only", nargs="+", choices=PARTS)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    wanted = arguments.only or PARTS
    if WITH_CLIP & {*wanted}:
        for what, path in (("the program", arguments.program), ("the model", arguments.model)):
            if not path.exists():
                raise SystemExit(f"bench: {what} is not at {path}: see `python3 Benchmarks/bench.py --help`")
    card = ROOT / "configs/models" / f"{arguments.model.stem}.yaml"
    arguments.card = arguments.card or (card if card.exists() else None)
    WORK.mkdir(parents=True, exist_ok=True)
    programs, title = Contestants(arguments), machine.describe(arguments.program)
    if WITH_CLIP & {*wanted}:
        if arguments.clip:
            clip = clips.Clip(arguments.clip, clips.count_frames(arguments.clip), arguments.clip.name)
        else:
            clip = clips.make_clip(WORK, arguments.frames)
        short = clips.cut_clip(clip, SHORT, WORK)
        title["clip"] = f"{clip.frames} frames, {clip.source}; libx264 {arguments.preset}, CRF {arguments.crf}"
    rows: list[Row] = []
    record: dict = {"machine": title}
    if "race" in wanted:
        record["race"] = race(programs, clip, short, arguments.rounds)
        rows += race_rows(record["race"])
    if "growth" in wanted:
        record["growth"] = measure_growth(programs, clip, arguments.rounds)
        rows += growth_rows(record["growth"])
    if "overlay" in wanted:
        record["overlay"] = measure_overlay(arguments.overlay_program)
        rows += overlay_rows(record["overlay"])
    if "live" in wanted:
        say("live")
        record["live"] = watch_live(programs, clip)
        rows += live_rows(record["live"])
    if "cameras" in wanted:
        say("several cameras, and switches while pictures flow")
        cameras = measure_cameras(arguments.program, arguments.model, clip, WORK)
        switches = measure_switches(arguments.program, arguments.model, clip, WORK)
        record["cameras"] = {"runs": cameras, "switches": switches}
        rows += camera_rows(cameras, switches)
    if "memory" in wanted:
        say(f"memory over {arguments.long_frames} frames")
        record["memory"] = watch_memory(programs, clips.cut_clip(clip, arguments.long_frames, WORK))
        rows += memory_rows(record["memory"])
    if "allocations" in wanted:
        say("allocations")
        record["allocations"] = watch_allocations(programs, clip, short)
        rows += allocation_rows(record["allocations"])
    if "methods" in wanted:
        record["methods"] = measure_methods(arguments)
        rows += method_rows(record["methods"])
    if "evaluations" in wanted:
        record["evaluations"] = measure_evaluations(arguments)
        rows += evaluation_rows(record["evaluations"])
    if "detectors" in wanted:
        record["detectors"] = measure_boxes(arguments)
        rows += box_rows(record["detectors"])
    if "batches" in wanted:
        say(f"batches: {arguments.batch_clips} clips, plans of up to 100,000")
        batches = measure_batches(
            arguments.program, arguments.model, arguments.card, WORK, arguments.batch_clips
        )
        record["batches"] = batches
        rows += batch_rows(batches)
    title["load after"] = f"{os.getloadavg()[0]:.2f}"
    record["rows"] = [asdict(row) for row in rows]
    results = ROOT / "Benchmarks/results"
    results.mkdir(exist_ok=True)
    (results / f"{time.strftime('%Y%m%d-%H%M%S')}.json").write_text(json.dumps(record, indent=1))
    print_table(title, rows)


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        raise SystemExit(f"bench: {failure}") from None
