#!/usr/bin/env python3
"""Makes Tests/Fixtures/detections.json: outputs of detectors, and the boxes that are in them.

Needs: pip install numpy==2.4.6
Written from the formats' descriptions and not from camstream's decoders: whole arrays at once, overlaps as a matrix, the
suppression class by class on all candidates, and the best boxes chosen at the end.
"""

import base64
import json
from pathlib import Path

import numpy as np

WIDTH, HEIGHT, CLASSES = 96, 64, 3
RULE = {"minScore": 0.25, "maxBoxes": 16, "overlap": 0.45}
random = np.random.default_rng(19)


def grid():
    """Columns, rows and strides of all cells."""
    parts = []
    for stride in (8, 16, 32):
        rows, columns = np.mgrid[0 : HEIGHT // stride, 0 : WIDTH // stride]
        parts.append(np.stack([columns.ravel(), rows.ravel(), np.full(rows.size, stride)], 1))
    return np.concatenate(parts).astype(float)


def objects(count):
    """Corners of boxes in pixels, float32 [count, 4], many of them around the same few things."""
    things = np.stack([random.uniform(10, WIDTH - 10, 6), random.uniform(10, HEIGHT - 10, 6),
                       random.uniform(12, 40, 6), random.uniform(12, 40, 6)], 1)
    boxes = things[random.integers(0, 6, count)] + random.normal(0, 2, (count, 4))
    centre, size = boxes[:, :2], np.maximum(boxes[:, 2:], 3)
    return np.concatenate([centre - size / 2, centre + size / 2], 1).astype(np.float32)


def centres(corners):
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1)


def scores(count, classes=CLASSES):
    """Mostly low ones, float32 [count, classes]."""
    return (random.random((count, classes)) ** 2).astype(np.float32)


def overlaps(a):
    low, high = np.maximum(a[:, None, :2], a[None, :, :2]), np.minimum(a[:, None, 2:], a[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), -1)
    area = np.prod(a[:, 2:] - a[:, :2], -1)
    return shared / (area[:, None] + area[None, :] - shared)


def suppressed(corners, score, label):
    """The rows that stay of each class."""
    stays = np.zeros(len(score), bool)
    overlap = overlaps(corners)
    for one in np.unique(label):
        left = [i for i in np.argsort(-score, kind="stable") if label[i] == one]
        while left:
            best = left.pop(0)
            stays[best] = True
            left = [i for i in left if overlap[best, i] <= RULE["overlap"]]
    return stays


def expected(corners, score, label, elements, nms):
    """The boxes as camstream should give them; `corners` in pixels."""
    corners, score, label = corners.astype(float), score.astype(float), np.asarray(label)
    rows = np.flatnonzero((score >= RULE["minScore"]) & np.isfinite(score) & np.isfinite(corners).all(1)
                          & (corners[:, 2:] > corners[:, :2]).all(1))
    if nms:
        rows = rows[suppressed(corners[rows], score[rows], label[rows])]
    rows = rows[np.argsort(-score[rows], kind="stable")][: RULE["maxBoxes"]]
    return [{"classID": int(label[i]), "score": float(score[i]), "corners": corners[i].tolist(), "candidate": int(i),
             "element": None if elements is None else int(elements[i])} for i in rows]


def best(table):
    return table.max(1), table.argmax(1)


def tensor(name, values, whole=False):
    values = np.ascontiguousarray(values, np.float32)
    return {"name": name, "shape": list(values.shape), "isWhole": whole,
            "values": base64.b64encode(values.tobytes()).decode()}


def case(name, decoder, tensors, boxes, scoreTensor, boxFormat=None):
    return {"name": name, "decoder": decoder, "tensors": tensors, "expected": boxes, "scoreTensor": scoreTensor,
            "boxFormat": boxFormat}


def yolox():
    cells = grid()
    corners = objects(len(cells)).astype(float)
    boxes, objectness, table = centres(corners), scores(len(cells), 1) ** np.float32(0.3), scores(len(cells))
    score, label = best(objectness * table)
    elements = np.arange(len(cells)) * (5 + CLASSES) + 5 + label
    own = boxes.copy()
    own[:, :2] = boxes[:, :2] / cells[:, 2:] - cells[:, :2]
    own[:, 2:] = np.log(boxes[:, 2:] / cells[:, 2:])
    for name, told in (("cells", own), ("pixels", boxes)):
        output = np.concatenate([told, objectness, table], 1).astype(np.float32)
        output[3, 5:], output[7, 4], output[11, 2] = np.nan, np.nan, np.inf
        mask = np.ones(len(cells), bool)
        mask[[3, 7, 11]] = False
        yield case(f"yolox in {name}", "yolox", [tensor("output", output[None])],
                   expected(corners, np.where(mask, score, np.nan), label, elements, True), "output")


def yolov5():
    count = 3 * len(grid())
    corners, objectness, table = objects(count), scores(count, 1), scores(count)
    score, label = best(objectness * table)
    output = np.concatenate([centres(corners), objectness, table], 1)
    return case("yolov5", "yolov5", [tensor("output0", output[None])],
                expected(corners, score, label, np.arange(count) * (5 + CLASSES) + 5 + label, True), "output0")


def yolov8():
    count = len(grid())
    corners, table = objects(count), scores(count)
    table[5] = np.nan
    score, label = best(table)
    output = np.concatenate([centres(corners), table], 1).T
    return case("yolov8", "yolov8", [tensor("output0", output[None])],
                expected(corners, score, label, (4 + label) * count + np.arange(count), True), "output0")


def end_to_end():
    count = 40
    corners, score, label = objects(count), scores(count, 1)[:, 0], random.integers(0, CLASSES, count)
    output = np.concatenate([corners, score[:, None], label[:, None]], 1)
    return case("end-to-end", "end-to-end", [tensor("output0", output[None])],
                expected(corners, score, label, np.arange(count) * 6 + 4, False), "output0")


def detr(softmax):
    count = 30
    corners = objects(count)
    logits = random.normal(-1, 2, (count, CLASSES + softmax)).astype(np.float32)
    if softmax:
        table = np.exp(logits.astype(float))
        table = (table / table.sum(1, keepdims=True))[:, :CLASSES]
    else:
        table = 1 / (1 + np.exp(-logits.astype(float)))
    score, label = best(table)
    tensors = [tensor("logits", logits[None]), tensor("pred_boxes", (centres(corners) / ([WIDTH, HEIGHT] * 2))[None])]
    return case(f"detr by {'softmax' if softmax else 'sigmoid'}", "detr", tensors,
                expected(corners, score, label, np.arange(count) * (CLASSES + softmax) + label, False), "logits")


def ssd(boxFormat, shares, background, transposed):
    count = 50
    corners, table = objects(count), scores(count, CLASSES + background)
    score, label = best(table[:, background:])
    told = {"xyxy": corners, "yxyx": corners[:, [1, 0, 3, 2]], "cxcywh": centres(corners)}[boxFormat]
    if shares:
        told = told / ([HEIGHT, WIDTH] * 2 if boxFormat == "yxyx" else [WIDTH, HEIGHT] * 2)
    position, width = label + background, CLASSES + background
    elements = position * count + np.arange(count) if transposed else np.arange(count) * width + position
    tensors = [tensor("scores", (table.T if transposed else table)[None]), tensor("boxes", told[None])]
    name = f"ssd {boxFormat} in {'shares' if shares else 'pixels'}" + background * ", background" + transposed * ", transposed"
    return case(name, "ssd", tensors, expected(corners, score, label, elements, True), "scores",
                None if boxFormat == "xyxy" else boxFormat)


def torchvision(batch):
    count = 17
    corners, score, label = objects(count), scores(count, 1)[:, 0], random.integers(0, CLASSES, count)
    tensors = [tensor("boxes", corners), tensor("labels", label, whole=True), tensor("scores", score)]
    if batch:
        tensors = [tensor("labels", label[None], whole=True), tensor("boxes", corners[None]), tensor("scores", score[None])]
    return case("torchvision" + batch * " with a batch", "torchvision", tensors,
                expected(corners, score, label, None, False), None)


cases = [*yolox(), yolov5(), yolov8(), end_to_end(), detr(False), detr(True), ssd("xyxy", False, False, False),
         ssd("yxyx", True, False, True), ssd("cxcywh", True, True, False), ssd("xyxy", True, True, True),
         torchvision(False), torchvision(True)]
result = {"width": WIDTH, "height": HEIGHT, "classes": CLASSES, **RULE, "cases": cases}
path = Path(__file__).parent / "detections.json"
path.write_text(json.dumps(result, indent=0) + "\n")
print(path, path.stat().st_size, [(c["name"], len(c["expected"])) for c in cases])
