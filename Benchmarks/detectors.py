#!/usr/bin/env python3
"""Detectors: boxes against ONNX Runtime's, where the maps of boxes lie, and what maps cost.

    python3 Benchmarks/detectors.py --model yolox.onnx --card yolox.yaml --pictures images --boxes labels [--clip clip.mp4]

With --peer: what maps cost with pytorch-grad-cam (detector_peer.py), for which no model is needed.

For YOLOX models. Needs: pip install onnxruntime==1.32.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
`--boxes` has a text file a picture, a line a box: class, and centre and size as shares of the picture.
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
import onnxruntime

METHODS = ["layercam", "gradcam", "gradcam++", "hirescam", "xgradcam", "gradcam-elementwise", "eigencam"]
LEAST, OVERLAP = 0.25, 0.45
GREY = 114


def letterbox(picture, side):
    """The picture at the top left of a grey square, and its scale."""
    scale = min(side / picture.shape[0], side / picture.shape[1])
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    square = np.full((side, side, 3), GREY, np.uint8)
    square[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return square, scale


class Peer:
    """ONNX Runtime and NumPy."""

    def __init__(self, model: Path, threads: int = 0):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0]
        self.side = self.input.shape[2]
        cells = [(self.side // s, s) for s in (8, 16, 32)]
        self.grid = np.concatenate([np.stack(np.meshgrid(range(n), range(n)), -1).reshape(-1, 2) for n, _ in cells])
        self.stride = np.concatenate([np.full((n * n, 1), s) for n, s in cells])

    def boxes(self, square):
        """Rows of class, score, x0, y0, x1, y1: class by class the best first, without those that overlap."""
        out = self.session.run(None, {self.input.name: square.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
        scores = out[:, 4:5] * out[:, 5:]
        kinds, best = scores.argmax(1), scores.max(1)
        kept = best >= LEAST
        centre = ((out[:, :2] + self.grid) * self.stride)[kept]
        size = (np.exp(out[:, 2:4]) * self.stride)[kept]
        rows = np.concatenate([kinds[kept, None], best[kept, None], centre - size / 2, centre + size / 2], 1)
        rows, found = rows[np.argsort(-rows[:, 1], kind="stable")], []
        for row in rows:
            if all(row[0] != other[0] or iou(row[2:], other[2:]) <= OVERLAP for other in found):
                found.append(row)
        return found


def iou(one, other):
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(across, 0) * max(down, 0)
    union = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared
    return shared / union if union > 0 else 0


def seen(program, arguments, picture, method, folder):
    """What the program says of a picture."""
    told = folder / "seen.jsonl"
    options = ["--track", "off", "--precision", "f32", "--method", method, "--force"]
    subprocess.run(
        [program, "-i", str(picture), *arguments, *options, "--sidecar", str(told)], check=True, capture_output=True)
    return json.loads(told.read_text().splitlines()[-1])["detections"]


def agreement(program, arguments, peer, pictures, folder):
    """Both look at the same pixels."""
    worst, missed, count, apart = 1.0, 0, 0, 0.0
    for path in pictures:
        square, _ = letterbox(cv2.imread(str(path)), peer.side)
        cv2.imwrite(str(folder / "square.png"), square)
        theirs = peer.boxes(square)
        ours = [(d["class"]["id"], d["score"], *d["box"]) for d in seen(program, arguments, folder / "square.png", "layercam", folder)]
        count += len(theirs)
        for row in theirs[:20]:
            # The sidecar has whole pixels.
            inside = np.clip(row[2:], 0, peer.side).round()
            fits = [(iou(inside, own[2:]), abs(own[1] - row[1])) for own in ours if own[0] == row[0]]
            best = max(fits, default=(0, 1))
            if best[0] < 0.5:
                missed += 1
                continue
            worst = min(worst, best[0])
            apart = max(apart, best[1])
    print(f"boxes: {count} by ONNX Runtime, {missed} missed; the worst IoU, in whole pixels, {worst:.4f}; "
          f"scores at most {apart:.5f} apart")


def places(program, arguments, pictures, boxes, folder):
    """Where the maps lie, by method."""
    for method in METHODS:
        energies, hits, uniform, centres, count = [], 0, [], 0, 0
        for path in pictures:
            height, width = cv2.imread(str(path)).shape[:2]
            labelled = []
            label = boxes / f"{path.stem}.txt"
            for line in label.read_text().splitlines() if label.exists() else []:
                kind, x, y, w, h = map(float, line.split())
                labelled.append((int(kind), (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height))
            for thing in seen(program, arguments, path, method, folder):
                box = thing["box"]
                if thing["energy_in_box"] is None or thing["peak"] is None:
                    continue
                energies.append(thing["energy_in_box"])
                uniform.append((box[2] - box[0]) * (box[3] - box[1]) / (width * height))
                fits = [own for own in labelled if own[0] == thing["class"]["id"] and iou(box, own[1:]) >= 0.5]
                if not fits:
                    continue
                truth, count = max(fits, key=lambda own: iou(box, own[1:])), count + 1
                hits += inside(thing["peak"], truth)
                centres += inside(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), truth)
        print(f"{method}: energy in its own box {statistics.mean(energies):.3f} ({len(energies)} boxes; uniform "
              f"{statistics.mean(uniform):.3f}), peak in the labelled box {hits / count:.3f} (of {count}; box centre "
              f"{centres / count:.3f})", flush=True)


def inside(point, truth):
    return truth[1] <= point[0] <= truth[3] and truth[2] <= point[1] <= truth[4]


def measured(command):
    """Seconds of wall and of CPU."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def costs(program, arguments, model, clip, rounds):
    """Boxes alone (dwell needs no maps), boxes with maps, and a script of ONNX Runtime and OpenCV that finds and draws boxes."""
    capture, frames = cv2.VideoCapture(str(clip)), 0
    while capture.grab():
        frames += 1
    script = [
        "python3", "-c",
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import detectors as d; d.draw({str(model)!r}, {str(clip)!r})",
    ]
    common = [program, "-i", str(clip), *arguments, "--precision", "f32", "--force", "--sidecar"]
    with tempfile.TemporaryDirectory() as folder:
        told = str(Path(folder) / "seen.jsonl")
        ways = {"boxes": [*common, told, "--heat", "dwell"], "boxes and maps": [*common, told], "script": script}
        times = {name: [] for name in ways}
        for _ in range(rounds):
            for name, command in ways.items():
                times[name].append(measured(command))
    for name, found in times.items():
        wall, cpu = (statistics.median(column) for column in zip(*found))
        print(f"{name}: {frames / wall:.1f} frames a second, {cpu / frames * 1000:.1f} ms of CPU a frame")


def draw(model, clip):
    peer, capture = Peer(Path(model)), cv2.VideoCapture(clip)
    while True:
        there, picture = capture.read()
        if not there:
            return
        square, scale = letterbox(picture, peer.side)
        for row in peer.boxes(square):
            x0, y0, x1, y1 = (row[2:] / scale).round().astype(int)
            cv2.rectangle(picture, (int(x0), int(y0)), (int(x1), int(y1)), (0, 255, 0), 2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=".build/release/camstream")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--card")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--boxes", type=Path)
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", action="store_true", help="maps against pytorch-grad-cam's, on a net with random weights")
    given = parser.parse_args()
    if given.peer:
        import detector_peer

        detector_peer.tell(detector_peer.compare(given.program, rounds=given.rounds))
    if not given.model:
        return given.peer or parser.error("--model is needed")
    arguments = ["--model", str(given.model)] + (["--card", given.card] if given.card else [])
    with tempfile.TemporaryDirectory() as name:
        if given.pictures:
            pictures = sorted(given.pictures.glob("*.jpg"))
            agreement(given.program, arguments, Peer(given.model), pictures, Path(name))
            if given.boxes:
                places(given.program, arguments, pictures, given.boxes, Path(name))
    if given.clip:
        costs(given.program, arguments, given.model, given.clip, given.rounds)


if __name__ == "__main__":
    main()
