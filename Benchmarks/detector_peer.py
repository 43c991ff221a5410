#!/usr/bin/env python3
"""What maps of boxes cost with pytorch-grad-cam's LayerCAM, and with the program, on the same net with random weights.

    python3 Benchmarks/detector_peer.py [--program .build/release/camstream] [--boxes 5] [--rounds 5]

Needs: pip install -r Benchmarks/requirements-methods.txt; `detectors.py --peer` runs it, and `make bench BENCH='--only detectors'`.

Both find the boxes of a picture of noise, and map the class score of the best ones before its sigmoid, on the three layers that the heads
read. The library takes a target at a time, as its documentation does it, or all of them as a batch of copies of the picture; the
faster way counts. The program maps the boxes of a clip of such pictures; what it takes without maps is told, too.
"""

import argparse
import json
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from pytorch_grad_cam import LayerCAM

from detector_net import Net, export, random_net

FRAMES = 60


class Target:
    """A class's logit in a cell."""

    def __init__(self, cell, kind):
        self.cell, self.kind = cell, kind

    def __call__(self, logits):
        return logits[self.cell, self.kind]


def pictures(count):
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (count, 13, 13, 3), np.uint8)
    return [cv2.resize(one, (Net.SIDE, Net.SIDE), interpolation=cv2.INTER_CUBIC) for one in coarse]


def best(net, picture, count):
    """The cells with the highest scores, each with its class."""
    with torch.no_grad():
        scores, kinds = net(picture)[0].max(1)
    return [Target(int(cell), int(kinds[cell])) for cell in scores.topk(count).indices]


class Cost:
    """Seconds by the clock and of CPU: where others use the machine, too, the second are worth more."""

    def __init__(self, wall, cpu):
        self.wall, self.cpu = wall, cpu

    def __sub__(self, other):
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def milliseconds(self, share=1):
        return {"wall_ms": 1e3 * self.wall / share, "cpu_ms": 1e3 * self.cpu / share}

    @staticmethod
    def now(of=resource.RUSAGE_SELF):
        used = resource.getrusage(of)
        return Cost(time.monotonic(), used.ru_utime + used.ru_stime)


def median(costs):
    return Cost(statistics.median(one.wall for one in costs), statistics.median(one.cpu for one in costs))


def library(net, count, rounds):
    """What a picture costs, one target after the other, and all at once."""
    inputs = [torch.from_numpy(one.transpose(2, 0, 1)[None].astype(np.float32)) for one in pictures(rounds + 1)]
    singly, together = [], []
    with LayerCAM(model=net, target_layers=net.levels) as cam:
        for number, picture in enumerate(inputs):
            start = Cost.now()
            for target in best(net, picture, count):
                cam(input_tensor=picture, targets=[target])
            middle = Cost.now()
            cam(input_tensor=picture.repeat(count, 1, 1, 1), targets=best(net, picture, count))
            # The first one is slower.
            if number > 0:
                singly.append(middle - start)
                together.append(Cost.now() - middle)
    return median(singly), median(together)


def program(path, folder, count, rounds):
    """What a picture costs, without maps and with them: what a longer clip takes more than a short one."""
    card = folder / "net.yaml"
    card.write_text("task: detect\ndecoder: yolox\nlabels: [" + ", ".join(f"c{i}" for i in range(80)) + "]\n")
    clips = {}
    for name, frames in (("short", FRAMES // 6), ("long", FRAMES + FRAMES // 6)):
        clips[name] = folder / f"{name}.avi"
        writer = cv2.VideoWriter(str(clips[name]), cv2.VideoWriter_fourcc(*"FFV1"), 25, (Net.SIDE, Net.SIDE))
        for one in pictures(frames):
            writer.write(one)
        writer.release()
    common = [
        "-m", str(folder / "net.onnx"), "--precision", "f32", "--min-score", "0", "--overlap", "1", "--max-boxes", str(count)]
    found = {}
    for kind, heat in (("boxes", "dwell"), ("maps", "all")):
        costs = []
        for _ in range(rounds):
            taken = {}
            for name, clip in clips.items():
                start = Cost.now(resource.RUSAGE_CHILDREN)
                subprocess.run(
                    [path, "-i", str(clip), *common, "--heat", heat, "--track", "off", "--sidecar", str(folder / "seen.jsonl"),
                     "--force"], check=True, capture_output=True)
                taken[name] = Cost.now(resource.RUSAGE_CHILDREN) - start
            costs.append(taken["long"] - taken["short"])
        found[kind] = median(costs).milliseconds(FRAMES)
    return found["boxes"], found["maps"]


def compare(path, count=5, rounds=5):
    """What a picture costs in each way, and how much faster the program is."""
    net = random_net()
    with tempfile.TemporaryDirectory() as folder:
        export(net, Path(folder) / "net.onnx")
        singly, together = library(net, count, rounds)
        boxes, maps = program(path, Path(folder), count, rounds)
    found = {
        "boxes": count, "singly": singly.milliseconds(), "batch": together.milliseconds(), "found": boxes, "mapped": maps}
    # By the clock, and in CPU time.
    for key in ("wall_ms", "cpu_ms"):
        found[f"faster {key}"] = min(found["singly"][key], found["batch"][key]) / maps[key]
    return found


def tell(found):
    words = {"singly": "pytorch-grad-cam's LayerCAM, a box after the other", "batch": "  all boxes as a batch",
             "found": "camstream, boxes alone", "mapped": "camstream, boxes and their maps"}
    print(f"{found['boxes']} boxes a picture:")
    for key, name in words.items():
        print(f"{name}: {found[key]['wall_ms']:.1f} ms, {found[key]['cpu_ms']:.1f} ms of CPU")
    print(f"faster: {found['faster wall_ms']:.1f} times by the clock, {found['faster cpu_ms']:.1f} times in CPU time")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=".build/release/camstream")
    parser.add_argument("--boxes", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = compare(given.program, given.boxes, given.rounds)
    print(json.dumps(found)) if given.json else tell(found)


if __name__ == "__main__":
    main()
