"""What measurements of maps cost: insertion and deletion against torch-cam, ROAD against pytorch-grad-cam.

Both programs get the same net (random weights, whose scores are spread out), the same photographs at the net's size and the same
maps, camstream's Grad-CAM. `evaluate-bench` and evaluate_peer.py run in turn, each on all cores while the other one waits. What
both measure is compared, too.
"""

import array
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from contestants import ROOT, WORK
from measure import Failed
from methods import peer_python
from table import Row, say

NET = "mobilenet_v2"
PHOTOGRAPHS = ROOT / "Tests/Fixtures/photographs"
TIMES_FASTER = 4  # the goal
# What is measured, against whom, and what both come to.
GROUPS = {
    "curves": ("insertion and deletion, 20 steps", "torch-cam", "deletion"),
    "road": ("ROAD, 4 percentiles", "pytorch-grad-cam", "road"),
}
TOLERANCE = 2e-3  # of figures, which are probabilities and areas below them


def run(*command) -> dict:
    answer = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if answer.returncode:
        raise Failed(f"{Path(command[0]).name}: exit {answer.returncode}: {answer.stderr.strip()[-500:]}")
    return json.loads(answer.stdout.splitlines()[-1]) if answer.stdout.strip() else {}


def measure_evaluations(settings) -> dict:
    if not settings.evaluate_program.exists():
        raise Failed(
            f"evaluate-bench is not at {settings.evaluate_program}: "
            "CAMSTREAM_BENCHMARKS=1 swift build -c release --product evaluate-bench"
        )
    peer = [peer_python(settings), ROOT / "Benchmarks/evaluate_peer.py"]
    say(f"insertion, deletion and ROAD, {NET}: {settings.rounds} rounds")
    found = {"ours": [], "theirs": []}
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        run(*peer, "prepare", NET, folder, *sorted(PHOTOGRAPHS.glob("*.jpg")))
        for _ in range(settings.rounds):
            found["ours"].append(run(settings.evaluate_program, "--model", f"{folder}/{NET}.onnx", "--folder", folder))
            found["theirs"].append(run(*peer, "measure", NET, folder))
        found["empty"] = empty(Path(folder), len(found["ours"][0]["curves"]["figures"]))
    return found


def empty(folder, count) -> list[int]:
    """Maps that are the same everywhere: each program has an order of its own for their places."""
    values = array.array("f", (folder / "maps.bin").read_bytes())
    size = len(values) // count
    return [number for number in range(count) if len(set(values[number * size : (number + 1) * size])) == 1]


def evaluation_rows(found: dict) -> list[Row]:
    rows = []
    for group, (what, who, figure) in GROUPS.items():
        ours, theirs = ([answer[group] for answer in found[side]] for side in ("ours", "theirs"))
        faster = statistics.median(other["wall_ms"] / own["wall_ms"] for own, other in zip(ours, theirs))
        pairs = enumerate(zip(ours[0]["figures"], theirs[0]["figures"]))
        apart = max(abs(one[figure] - two[figure]) for number, (one, two) in pairs if number not in found["empty"])
        times = (statistics.median(answer["wall_ms"] for answer in side) for side in (ours, theirs))
        rows += [
            Row(f"{who} / ours, {what}", f"{faster:.2f}", f"at least {TIMES_FASTER}", faster >= TIMES_FASTER),
            Row(f"  a map, ours and {who}", " and ".join(f"{time:.0f} ms" for time in times)),
            Row(f"  {figure} differs by", f"{apart:.1e}", f"at most {TOLERANCE:.0e}", apart <= TOLERANCE),
        ]
    every = statistics.median(answer["all"]["wall_ms"] for answer in found["ours"])
    return rows + [Row("  all of a map's figures that ask the model, ours", f"{every:.0f} ms")]
