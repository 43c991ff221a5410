#!/usr/bin/env python3
"""Makes Tests/Fixtures/whereabouts.json: maps, true boxes and masks, and what the evaluation of weakly supervised localisation
(Choe et al. 2020) and the pointing game (Zhang et al. 2018) say of them.

Needs: pip install numpy==2.4.6 opencv-python-headless==5.0.0.93
Written from the published rule: heat as uint8, strictly above the threshold, OpenCV's contours, overlaps that count both corners,
thresholds from 0 on in steps of 0.001; for masks bins of the same width, pixels of all pictures together. Largest contour: by
OpenCV's area. MaxBoxAccV2: all contours.
"""

import json
from pathlib import Path

import cv2
import numpy as np

SIZE = 28
PICTURES = 120
TOLERANCE = 3
THRESHOLDS = np.arange(0, 1, 0.001)
random = np.random.default_rng(2020)


def enlarged(small):
    return cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)


def a_map(number, box):
    """Of several kinds: smooth and near the object, coarse, noisy, with few values, with rings."""
    x0, y0, x1, y1 = box
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    middle = ((x0 + x1) / 2 + random.normal(0, 3), (y0 + y1) / 2 + random.normal(0, 3))
    near = np.exp(-((columns - middle[0]) ** 2 / (x1 - x0) ** 2 + (rows - middle[1]) ** 2 / (y1 - y0) ** 2) * 2)
    kind = number % 5
    if kind == 0:
        heat = near + 0.2 * enlarged(random.random((5, 5), dtype=np.float32))
    elif kind == 1:
        heat = enlarged(np.clip(random.normal(0.2, 0.4, (7, 7)), 0, None).astype(np.float32)) * (0.3 + near)
    elif kind == 2:
        heat = near + 0.6 * random.random((SIZE, SIZE), dtype=np.float32)
    elif kind == 3:
        heat = np.floor(near * 4 + enlarged(random.random((9, 9), dtype=np.float32))) / 5
    else:
        heat = np.abs(np.sin(near * 9)) * near
    heat = np.clip(heat, 0, None).astype(np.float32)
    # Few digits, so that the file is small; the hottest is 1.
    return np.round(heat / heat.max(), 3).astype(np.float32)


def boxes_at(heat, threshold):
    image = (heat * 255).astype(np.uint8)
    _, above = cv2.threshold(image, int(threshold * image.max()), 255, cv2.THRESH_BINARY)
    contours = cv2.findContours(above, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)[-2]
    if not contours:
        return [(0, 0, 0, 0)], [(0, 0, 0, 0)]

    def box(contour):
        x, y, width, height = cv2.boundingRect(contour)
        return x, y, min(x + width, SIZE - 1), min(y + height, SIZE - 1)

    return [box(max(contours, key=cv2.contourArea))], [box(contour) for contour in contours]


def overlap(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0]) + 1
    height = min(one[3], other[3]) - max(one[1], other[1]) + 1
    both = max(width, 0) * max(height, 0)
    return both / sum([(b[2] - b[0] + 1) * (b[3] - b[1] + 1) for b in (one, other)], -both)


def pointed(heat, mask, tolerance):
    row, column = np.unravel_index(np.argmax(heat), heat.shape)
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    return float(((rows - row) ** 2 + (columns - column) ** 2 <= tolerance**2)[mask == 1].any())


def main():
    pictures = []
    right = {name: np.zeros(len(THRESHOLDS)) for name in ("largest", 30, 50, 70)}
    edges = np.append(THRESHOLDS, [1.0, 2.0, 3.0])
    hits, misses = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for number in range(PICTURES):
        truth = []
        for _ in range(random.integers(1, 3)):
            x0, y0 = random.integers(0, SIZE - 8, 2)
            truth.append([int(x0), int(y0), int(x0 + random.integers(6, SIZE - x0)), int(y0 + random.integers(6, SIZE - y0))])
        heat = a_map(number, truth[0])
        rows, columns = np.mgrid[0:SIZE, 0:SIZE]
        # An ellipse in the first box, with an edge that nobody knows.
        x0, y0, x1, y1 = truth[0]
        radius = ((columns + 0.5 - (x0 + x1) / 2) / (x1 - x0)) ** 2 + ((rows + 0.5 - (y0 + y1) / 2) / (y1 - y0)) ** 2
        mask = np.where(radius < 0.2, 1, np.where(radius < 0.25, 2, 0))
        ofLargest, ofAny = [], []
        for threshold in THRESHOLDS:
            largest, every = boxes_at(heat, threshold)
            ofLargest.append(max(overlap(box, true) for box in largest for true in truth))
            ofAny.append(max(overlap(box, true) for box in every for true in truth))
        right["largest"] += np.array(ofLargest) >= 0.5
        for percent in (30, 50, 70):
            right[percent] += np.array(ofAny) >= percent / 100
        object_hist = np.histogram(heat[mask == 1], edges)[0]
        background_hist = np.histogram(heat[mask == 0], edges)[0]
        hits += object_hist
        misses += background_hist
        known = mask != 2
        pictures.append(
            {
                "heat": "".join(f"{round(float(value) * 1000):03x}" for value in heat.ravel()),
                "mask": "".join(str(int(value)) for value in mask.ravel()),
                "boxes": truth,
                "iou": {str(t): [round(ofLargest[t], 6), round(ofAny[t], 6)] for t in (0, 150, 400, 750)},
                "pointing": [pointed(heat, mask, 0), pointed(heat, mask, TOLERANCE)],
                "energy": round(float(heat[mask == 1].sum(dtype=np.float64) / heat[known].sum(dtype=np.float64)), 6),
            })
    tp, fp = hits[::-1].cumsum(), misses[::-1].cumsum()
    precision, recall = tp / np.maximum(tp + fp, 1), tp / hits.sum()
    report = {
        "size": SIZE, "tolerance": TOLERANCE, "pictures": pictures,
        "maxBoxAcc": float(right["largest"].max() / PICTURES),
        "maxBoxAccV2": float(np.mean([right[percent].max() / PICTURES for percent in (30, 50, 70)])),
        "pxap": float((precision[1:] * np.diff(recall))[(tp + fp)[1:] != 0].sum()),
    }
    Path(__file__).with_name("whereabouts.json").write_text(json.dumps(report, separators=(",", ":")) + "\n")


main()
