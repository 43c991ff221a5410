#!/usr/bin/env python3
"""Makes models/colours: a classifier, with weights set by hand, that tells which colour stands out in a picture.

Needs: pip install onnx==1.23.2 numpy==2.4.6; for --check also onnxruntime==1.31.1
Run without arguments it writes the model; with --check it tries the model on random pictures and prints how it did.

The picture is averaged in cells of 8×8 pixels. How much a cell has of each colour is read off the hue hexagon:
red = max(R − max(G, B), 0), yellow = max(min(R, G) − B, 0) and so on, where max(G, B) = G + relu(B − G); the six sum to
max(R, G, B) − min(R, G, B). A cell counts as coloured from 0.15 on and as fully coloured from 0.65 on, and as grey
below 0.2. Global average pooling and one dense layer make the scores, so the class activation map is exact.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent.parent / "models" / "colours"
LABELS = ["red", "green", "blue", "yellow", "cyan", "magenta", "grey"]
OPPOSITE = {"red": "cyan", "green": "magenta", "blue": "yellow"}
SIZE = 224
CELL = 8

# A colour on a share s of the picture scores COLOUR · s, an all grey picture GREY: they draw at 1/32 of the picture.
COLOUR = 96.0
GREY = 3.0

CARD = f"""\
# The demonstration model: which colour stands out? Made by scripts/make_colour_model.py.
name: Colours
model: colours.onnx
input: {{size: [{SIZE}, {SIZE}], layout: NCHW, color: RGB, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1], resize: squash}}
labels: [{", ".join(LABELS)}]
"""


def rows(*sums):
    """A matrix from rows written as {column: weight}."""
    matrix = np.zeros((len(sums), 1 + max(max(row) for row in sums)), np.float32)
    for index, row in enumerate(sums):
        for column, weight in row.items():
            matrix[index, column] = weight
    return matrix


def build():
    r, g, b = 0, 1, 2
    # What the three channels have, and have more than one another; names of the rows as columns of the next matrix.
    R, G, B, RG, GR, GB, BG, RB, BR = range(9)
    differences = rows(
        {r: 1}, {g: 1}, {b: 1}, {r: 1, g: -1}, {g: 1, r: -1}, {g: 1, b: -1}, {b: 1, g: -1}, {r: 1, b: -1},
        {b: 1, r: -1},
    )  # fmt: skip
    hues = rows(
        {R: 1, G: -1, BG: -1},  # red: R above the larger of G and B
        {G: 1, R: -1, BR: -1},
        {B: 1, R: -1, GR: -1},
        {R: 1, RG: -1, B: -1},  # yellow: the smaller of R and G above B
        {G: 1, GB: -1, R: -1},
        {R: 1, RB: -1, G: -1},
    )
    evidence = np.vstack([2 * np.eye(6, dtype=np.float32), np.full((1, 6), -5, np.float32)])
    evidence_bias = np.array([-0.3] * 6 + [1], np.float32)
    scores = np.diag([COLOUR] * 6 + [GREY]).astype(np.float32)
    for one, other in OPPOSITE.items():
        i, j = LABELS.index(one), LABELS.index(other)
        scores[i, j] = scores[j, i] = -COLOUR / 4

    def kernel(name, matrix):
        return numpy_helper.from_array(matrix[:, :, None, None], name)

    weights = [
        kernel("differences.weight", differences),
        kernel("hues.weight", hues),
        kernel("evidence.weight", evidence),
        numpy_helper.from_array(evidence_bias, "evidence.bias"),
        numpy_helper.from_array(np.float32(0), "zero"),
        numpy_helper.from_array(np.float32(1), "one"),
        numpy_helper.from_array(scores, "classifier.weight"),
        numpy_helper.from_array(np.zeros(len(LABELS), np.float32), "classifier.bias"),
    ]
    node = helper.make_node
    nodes = [
        node("AveragePool", ["picture"], ["cells"], "cells", kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        node("Conv", ["cells", "differences.weight"], ["differences"], "differences", kernel_shape=[1, 1]),
        node("Relu", ["differences"], ["differences.relu"], "differences.relu"),
        node("Conv", ["differences.relu", "hues.weight"], ["hues"], "hues", kernel_shape=[1, 1]),
        node("Relu", ["hues"], ["hues.relu"], "hues.relu"),
        node("Conv", ["hues.relu", "evidence.weight", "evidence.bias"], ["evidence"], "evidence", kernel_shape=[1, 1]),
        node("Clip", ["evidence", "zero", "one"], ["evidence.clip"], "evidence.clip"),
        node("GlobalAveragePool", ["evidence.clip"], ["pool"], "pool"),
        node("Flatten", ["pool"], ["flat"], "flat"),
        node("Gemm", ["flat", "classifier.weight", "classifier.bias"], ["scores"], "classifier", transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["N", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", len(LABELS)])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def check(count=500):
    """Prints shares of right answers, probabilities and peaks in the square, over seeded random pictures."""
    import onnxruntime

    model = onnx.load(HERE / "colours.onnx")
    weight = next(numpy_helper.to_array(t) for t in model.graph.initializer if t.name == "classifier.weight")
    model.graph.output.add(name="evidence.clip")
    session = onnxruntime.InferenceSession(model.SerializeToString())
    rng = np.random.default_rng(0)
    colours = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]], np.float32)

    def run(picture):
        scores, features = session.run(None, {"picture": picture.transpose(2, 0, 1)[None].astype(np.float32)})
        odds = np.exp(scores[0] - scores[0].max())
        return odds / odds.sum(), features[0]

    def background(kind):
        shape = {"flat": (1, 1, 1), "grey noise": (SIZE, SIZE, 1), "colour noise": (SIZE, SIZE, 3)}.get(kind)
        if kind == "gradient":
            return np.broadcast_to(np.linspace(0.1, 0.9, SIZE)[None, :, None], (SIZE, SIZE, 3)).copy()
        if kind == "texture":  # coarse, slightly coloured patches
            patches = rng.uniform(0.2, 0.8, (14, 14, 1)) + rng.uniform(-0.06, 0.06, (14, 14, 3))
            return patches.repeat(16, 0).repeat(16, 1)
        return np.broadcast_to(rng.uniform(0, 1, shape), (SIZE, SIZE, 3)).copy()

    for kind in ["flat", "grey noise", "colour noise", "gradient", "texture"]:
        right, least, inside, greys = 0, 1.0, 0, []
        for _ in range(count // 5):
            picture = background(kind)
            greys.append(run(picture)[0][6])
            side = int(SIZE * rng.uniform(0.05, 0.25) ** 0.5)
            x, y = rng.integers(0, SIZE - side + 1, 2)
            label = rng.integers(6)
            # Saturated to 0.8 and more, lit by 0.7 and more.
            saturation, light = rng.uniform(0.8, 1), rng.uniform(0.7, 1)
            picture[y : y + side, x : x + side] = light * (1 - saturation * (1 - colours[label]))
            odds, features = run(picture)
            right += odds.argmax() == label
            least = min(least, odds[label])
            heat = np.tensordot(weight[label], features, 1)
            row, column = np.unravel_index(heat.argmax(), heat.shape)
            centre = np.array([row, column]) * CELL + CELL / 2
            inside += bool((centre >= [y, x]).all() and (centre <= [y + side, x + side]).all())
        total = count // 5
        print(
            f"{kind:13} squares: right {right}/{total}, least probability {least:.3f}, peak inside {inside}/{total}; "
            f"without: least 'grey' {min(greys):.3f}"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        check()
    else:
        HERE.mkdir(parents=True, exist_ok=True)
        (HERE / "colours.onnx").write_bytes(build().SerializeToString(deterministic=True))
        (HERE / "colours.yaml").write_text(CARD)
