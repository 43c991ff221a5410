"""Measures the exported model on test.txt: accuracy by class, and localisation on pastes whose boxes are known.

Writes the report, and the accuracy into the model's card.
"""

import argparse
import re
from pathlib import Path

import cv2
import numpy as np
import openvino as ov

import photos as photographs
from cutouts import cut_out
from export import INPUT, label
from views import SIZE, Views

FEATURES = "features/relu2"
THRESHOLDS = np.arange(0.02, 1, 0.02)  # of the map's highest value
CENTRE_SIDES = np.arange(0.2, 1.01, 0.05)  # of the picture's side


class Classifier:
    """The ONNX model in the engine that camstream uses."""

    def __init__(self, path, precision):
        core = ov.Core()
        model = core.read_model(path)
        model.add_outputs([FEATURES])
        weight = next(op for op in model.get_ops() if op.get_type_name() == "MatMul").input_value(1).get_node()
        folded = ov.Model([weight.output(0)], []) if weight.get_type_name() != "Constant" else None
        self.dense = core.compile_model(folded, "CPU")({})[0] if folded else weight.data
        self.model = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": precision})

    def __call__(self, picture):
        """Logits [classes] and features [channels, cells, cells] of an RGB picture, squashed to the input."""
        small = cv2.resize(picture, (INPUT, INPUT), interpolation=cv2.INTER_AREA)
        blob = small.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1
        logits, features = self.model([blob]).values()
        return logits[0], features[0]


def accuracy(classifier, photos):
    """Confusion matrix [true, named]."""
    confusion = np.zeros((len(photos.classes), len(photos.classes)), int)
    for picture, true in zip(photos.pictures, photos.labels):
        confusion[true, classifier(picture)[0].argmax()] += 1
    return confusion


def overlap(a, b):
    """Intersection over union of two boxes (left, top, right, bottom)."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0, width) * max(0, height)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def largest_box(heat, threshold):
    """Bounding box of the largest part that is at least `threshold`."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((heat >= threshold).astype(np.uint8), connectivity=4)
    if len(stats) < 2:
        return 0, 0, 1, 1
    x, y, width, height, _ = stats[1 + stats[1:, cv2.CC_STAT_AREA].argmax()]
    return x, y, x + width, y + height


def localisation(classifier, photos, count, seed):
    """MaxBoxAcc at IoU 0.5 (Choe et al., 2020) and peaks in the box, of the true class's map; and of centre boxes."""
    masks = [cut_out(picture) for picture in photos.pictures]
    views = Views(photos, [m if m is not None else np.zeros(p.shape[:2], np.uint8) for m, p in zip(masks, photos.pictures)])
    usable = [i for i, m in enumerate(masks) if m is not None and photos.labels[i] != photos.background]
    hits, centre_hits = np.zeros(len(THRESHOLDS)), np.zeros(len(CENTRE_SIDES))
    peaks = centre_peaks = named = done = 0
    for n in range(count):
        rng = np.random.default_rng([seed, n])
        index = usable[rng.integers(len(usable))]
        view = views.paste(rng, index, cut_only=True)
        if view.box is None:
            continue
        done += 1
        logits, features = classifier(view.picture)
        named += logits.argmax() == photos.labels[index]
        heat = np.einsum("chw,c->hw", features, classifier.dense[photos.labels[index]])
        heat = cv2.resize(np.maximum(heat, 0).astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
        y, x = np.unravel_index(heat.argmax(), heat.shape)
        left, top, right, bottom = view.box
        peaks += left <= x < right and top <= y < bottom
        centre_peaks += left <= SIZE / 2 < right and top <= SIZE / 2 < bottom
        for k, threshold in enumerate(THRESHOLDS):
            hits[k] += overlap(largest_box(heat, threshold * heat.max()), view.box) >= 0.5
        for k, side in enumerate(CENTRE_SIDES):
            low, high = SIZE / 2 * (1 - side), SIZE / 2 * (1 + side)
            centre_hits[k] += overlap((low, low, high, high), view.box) >= 0.5
    return {
        "pastes": done, "named right": named / done, "peak in box": peaks / done, "centre in box": centre_peaks / done,
        "MaxBoxAcc": hits.max() / done, "at": THRESHOLDS[hits.argmax()], "centre MaxBoxAcc": centre_hits.max() / done,
        "centre side": CENTRE_SIDES[centre_hits.argmax()]}


def report(confusion, place, precision, classes):
    """The figures as Markdown."""
    right = confusion.diagonal() / np.maximum(1, confusion.sum(axis=1))
    lines = [
        "# Figures of the model `demo`", "",
        f"Written by `training/evaluate.py` from the exported model, computed in {precision}.", "",
        f"- Top-1 on test.txt ({confusion.sum()} photographs): **{confusion.trace() / confusion.sum():.1%}**; mean over "
        f"the {len(classes)} classes: {right.mean():.1%}.",
        f"- Localisation on {place['pastes']} pastes of objects from test.txt, boxes a tenth to nine tenths of the "
        f"picture: the true class's peak is in the box on **{place['peak in box']:.1%}** (the picture's centre: "
        f"{place['centre in box']:.1%}); MaxBoxAcc at IoU 0.5 **{place['MaxBoxAcc']:.1%}** at {place['at']:.2f} of the "
        f"maximum (a centred square of side {place['centre side']:.2f}, the best one: {place['centre MaxBoxAcc']:.1%}).",
        f"- The pasted object is named right on {place['named right']:.1%} of them.", "",
        "| class | photographs | right | most often taken for |", "|---|---|---|---|"]
    for index in np.argsort(right):
        row = confusion[index].copy()
        row[index] = 0
        wrong = f"{label(classes[row.argmax()])} ({row.max()})" if row.max() else ""
        lines.append(f"| {label(classes[index])} | {confusion[index].sum()} | {right[index]:.0%} | {wrong} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of Caltech-101 with test.txt")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--precision", default="f32", choices=["f32", "bf16"])
    parser.add_argument("--pastes", type=int, default=2000)
    parser.add_argument("--out", type=Path, required=True, help="the report, Markdown")
    arguments = parser.parse_args()
    photos = photographs.load(arguments.data, "test")
    classifier = Classifier(arguments.model, arguments.precision)
    confusion = accuracy(classifier, photos)
    place = localisation(classifier, photos, arguments.pastes, seed=7)
    text = report(confusion, place, arguments.precision, photos.classes)
    arguments.out.write_text(text)
    card = arguments.model.with_suffix(".yaml")
    top1 = f"  top-1: {100 * confusion.trace() / confusion.sum():.1f}"
    card.write_text(re.sub("^  top-1:.*$", top1, card.read_text(), flags=re.MULTILINE))
    print("\n".join(text.splitlines()[:7]))


if __name__ == "__main__":
    main()
