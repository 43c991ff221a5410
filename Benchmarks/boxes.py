"""What maps of a detector's boxes cost, against pytorch-grad-cam's LayerCAM on the same net with random weights."""

import json
import subprocess

from contestants import ROOT
from measure import Failed
from methods import peer_python
from table import Row, say

TIMES_FASTER = 8  # the goal


def measure_boxes(settings) -> dict:
    say("maps of a detector's boxes")
    script = ROOT / "Benchmarks/detector_peer.py"
    command = [peer_python(settings), script, "--program", settings.program, "--rounds", str(settings.rounds), "--json"]
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if run.returncode != 0:
        raise Failed(f"detector_peer.py: exit {run.returncode}: {' | '.join(run.stderr.strip().splitlines()[-3:])}")
    return json.loads(run.stdout.splitlines()[-1])


def box_rows(found: dict) -> list[Row]:
    def told(key):
        return f"{found[key]['wall_ms']:.1f} ms, {found[key]['cpu_ms']:.1f} ms of CPU"

    faster, count = found["faster wall_ms"], found["boxes"]
    return [
        Row(f"pytorch-grad-cam / ours, maps of {count} boxes", f"{faster:.1f}", f"at least {TIMES_FASTER}", faster >= TIMES_FASTER),
        Row("  in CPU time", f"{found['faster cpu_ms']:.1f}"),
        Row("  pytorch-grad-cam, a picture, box by box", told("singly")),
        Row("  pytorch-grad-cam, a picture, as a batch", told("batch")),
        Row("  ours, a picture, boxes alone", told("found")),
        Row("  ours, a picture, boxes and maps", told("mapped")),
    ]
