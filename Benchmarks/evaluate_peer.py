"""pytorch-grad-cam and torch-cam on one net, and the pictures and the net for both programs.

evaluate_peer.py prepare NET FOLDER PHOTOGRAPH...   writes the net, pictures.bin and classes.json into FOLDER
evaluate_peer.py measure NET FOLDER              measures the maps of maps.bin there: a line of JSON
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pytorch_grad_cam.metrics.road import NoisyLinearImputer, ROADCombined
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from torchcam.metrics import DeletionInsertionMetric

from methods_nets import CARD, SIDE, build

MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
PERCENTILES, STEPS = [20, 40, 60, 80], 20


def inputs(folder):
    pictures = np.fromfile(folder / "pictures.bin", np.uint8).reshape(-1, SIDE, SIDE, 3)
    return torch.from_numpy(((pictures / np.float32(255) - MEAN) / STD).transpose(0, 3, 1, 2)).float()


def calibrated(name, folder):
    """Random weights say the same of every picture: scores are spread out, so that classes are probable and figures differ."""
    net, _ = build(name)
    head = [module for module in net.modules() if isinstance(module, torch.nn.Linear)][-1]
    with torch.inference_mode():
        scores = net(inputs(folder))
    middle = scores.mean(0)
    with torch.no_grad():
        factor = 2 / (scores - middle).std()
        head.weight.mul_(factor)
        head.bias.sub_(middle).mul_(factor)
    return net


def parts(path):
    """A photograph, and its quarters."""
    whole = Image.open(path).convert("RGB")
    width, height = whole.width // 2, whole.height // 2
    corners = [(x, y) for x in (0, width) for y in (0, height)]
    return [whole, *(whole.crop((x, y, x + width, y + height)) for x, y in corners)]


def prepare(name, folder, pictures):
    folder.mkdir(parents=True, exist_ok=True)
    small = [np.asarray(part.resize((SIDE, SIDE), Image.BILINEAR)) for path in pictures for part in parts(path)]
    np.stack(small).tofile(folder / "pictures.bin")
    net = calibrated(name, folder)
    torch.onnx.export(net, torch.zeros(1, 3, SIDE, SIDE), folder / f"{name}.onnx", opset_version=17, dynamo=False)
    (folder / f"{name}.yaml").write_text(CARD.format(name=name, side=SIDE))
    with torch.inference_mode():
        classes = net(inputs(folder)).argmax(1).tolist()
    (folder / "classes.json").write_text(json.dumps(classes))


class Given:
    """What torch-cam takes for a method: one that gives a map that is there already."""

    def __init__(self, net, cam):
        self.model, self.cam = net, torch.from_numpy(cam)[None]

    def __call__(self, class_idx, scores, **_):
        return [self.cam]

    def fuse_cams(self, cams):
        return cams[0]

    def _hooks_off(self):
        return contextlib.nullcontext()


def measure(name, folder):
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    # Noise is drawn anew by each program, and figures are compared.
    NoisyLinearImputer.__init__.__defaults__ = (0, NoisyLinearImputer.__init__.__defaults__[1])
    net, x = calibrated(name, folder), inputs(folder)
    maps = np.fromfile(folder / "maps.bin", np.float32).reshape(-1, SIDE, SIDE)
    classes = json.loads((folder / "classes.json").read_text())

    def curves(number):
        metric = DeletionInsertionMetric(
            Given(net, maps[number]), lambda scores: torch.softmax(scores, -1), steps=STEPS)
        metric.update(x[number : number + 1], classes[number])
        found = metric.summary()
        return {"deletion": found["deletion_auc"], "insertion from nothing": found["insertion_auc"]}

    def of(metric, key):
        def run(number):
            target = [ClassifierOutputSoftmaxTarget(classes[number])]
            return {key: float(metric(x[number : number + 1], maps[number : number + 1], target, net)[0])}

        return run

    groups = {"curves": curves, "road": of(ROADCombined(PERCENTILES), "road")}
    answer = {}
    for group, run in groups.items():
        run(0)
        begin, begin_cpu = time.perf_counter(), time.process_time()
        figures = [run(number) for number in range(len(maps))]
        answer[group] = {
            "wall_ms": 1e3 * (time.perf_counter() - begin) / len(maps),
            "cpu_ms": 1e3 * (time.process_time() - begin_cpu) / len(maps),
            "figures": figures,
        }
    print(json.dumps(answer))


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
    else:
        measure(sys.argv[2], Path(sys.argv[3]))
