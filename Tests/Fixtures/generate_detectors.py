#!/usr/bin/env python3
"""Makes Tests/Fixtures/detectors: small detectors with random weights, and PyTorch's gradients of their class scores.

Needs: pip install torch==2.15.0 onnx==1.23.2 numpy==2.4.6
The nets have the graph shapes of YOLOX (decoupled head with stems), YOLOv8 (decoupled head, boxes decoded in the graph),
YOLOv5 (coupled head), of an end-to-end detector (TopK at the end) and of one with NonMaxSuppression; they are our own.
Each operator is computed by PyTorch and written as an ONNX node at once, so that no exporter's version matters.

NAME.json holds, for some elements of the tensor with the class scores: the gradient of the class's logit with respect to
each level (null: it does not depend on it), the level's LayerCAM, and the joined map. All by autograd in 64 bits. The
picture is a formula (`picture`), which the tests have, too.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent / "detectors"
SIZE, CLASSES = 64, 3


def picture():
    i = np.arange(3 * SIZE * SIZE, dtype=np.int64)
    return ((i * 7919 + i * i % 251 * 31) % 256).astype(np.uint8).reshape(SIZE, SIZE, 3)


class Tensor:
    """A tensor's values, and its name in the graph."""

    def __init__(self, values, name):
        self.values, self.name = values, name

    @property
    def shape(self):
        return list(self.values.shape)


class Net:
    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)
        self.nodes, self.weights, self.count = [], [], 0
        pixels = torch.from_numpy(picture().astype(np.float64) / 255).permute(2, 0, 1)[None]
        self.input = Tensor(pixels.requires_grad_(True), "images")
        # What is mapped, the finest first; the logit of each score (nan: it is none), and the scores that are tried.
        self.levels, self.logits, self.elements = [], None, []

    def name(self, kind):
        self.count += 1
        return f"{kind}_{self.count}"

    def constant(self, values, kind="constant"):
        name = self.name(kind)
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def integers(self, *values):
        return self.constant(np.array(values, np.int64), "integers")

    def op(self, kind, values, inputs, **attributes):
        name = self.name(kind.lower())
        self.nodes.append(helper.make_node(kind, [getattr(i, "name", i) for i in inputs], [name], **attributes))
        return Tensor(values, name)

    # Operators

    def conv(self, x, channels, kernel=1, stride=1, depthwise=False):
        inside = x.shape[1]
        groups = inside if depthwise else 1
        fan = inside // groups * kernel * kernel
        weight = torch.randn(channels, inside // groups, kernel, kernel, generator=self.random) * (1.6 / fan**0.5)
        bias = torch.randn(channels, generator=self.random) * 0.1
        names = [self.constant(w.numpy(), "weight") for w in (weight, bias)]
        values = F.conv2d(x.values, weight.double(), bias.double(), stride, kernel // 2, groups=groups)
        return self.op(
            "Conv", values, [x, *names], kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4,
            group=groups)

    def sigmoid(self, x):
        return self.op("Sigmoid", torch.sigmoid(x.values), [x])

    def silu(self, x):
        gate = self.sigmoid(x)
        return self.op("Mul", x.values * gate.values, [x, gate])

    def layer(self, x, channels, kernel=1, stride=1, depthwise=False):
        return self.silu(self.conv(x, channels, kernel, stride, depthwise))

    def concat(self, parts, axis=1):
        return self.op("Concat", torch.cat([p.values for p in parts], axis), parts, axis=axis)

    def upsample(self, x):
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        values = F.interpolate(x.values, scale_factor=2, mode="nearest")
        return self.op(
            "Resize", values, [x, "", scales], mode="nearest", coordinate_transformation_mode="asymmetric",
            nearest_mode="floor")

    def pool(self, x):
        return self.op("MaxPool", F.max_pool2d(x.values, 5, 1, 2), [x], kernel_shape=[5, 5], pads=[2] * 4)

    def reshape(self, x, *shape):
        return self.op("Reshape", x.values.reshape(shape), [x, self.integers(*shape)])

    def transpose(self, x, *order):
        return self.op("Transpose", x.values.permute(order), [x], perm=order)

    def split(self, x, sizes, axis):
        parts = torch.split(x.values, sizes, axis)
        names = [self.name("split") for _ in parts]
        self.nodes.append(helper.make_node("Split", [x.name, self.integers(*sizes)], names, axis=axis))
        return [Tensor(p, n) for p, n in zip(parts, names)]

    def softmax(self, x, axis):
        return self.op("Softmax", torch.softmax(x.values, axis), [x], axis=axis)

    def with_constant(self, kind, x, values):
        values = torch.as_tensor(values, dtype=torch.float64)
        result = {"Add": x.values + values, "Mul": x.values * values, "Sub": x.values - values}[kind]
        return self.op(kind, result, [x, self.constant(values.float().numpy())])

    def both(self, kind, x, y):
        result = {"Add": x.values + y.values, "Sub": x.values - y.values}[kind]
        return self.op(kind, result, [x, y])

    # Parts

    def features(self):
        """A backbone, and a path down and up again: maps of strides 8, 16 and 32."""
        x = self.layer(self.input, 8, 3, 2)
        x = self.layer(x, 8, 3, 2)
        fine = self.layer(x, 12, 3, 2)
        middle = self.layer(fine, 16, 3, 2)
        coarse = self.layer(middle, 20, 3, 2)
        coarse = self.layer(self.concat([coarse, self.pool(coarse)]), 16)
        top = self.layer(self.concat([self.upsample(coarse), middle]), 12, 3)
        first = self.layer(self.concat([self.upsample(top), fine]), 12, 3)
        second = self.layer(self.concat([self.layer(first, 12, 3, 2), top]), 16, 3)
        third = self.layer(self.concat([self.layer(second, 16, 3, 2), coarse]), 20, 3)
        return [first, second, third]

    def write(self, name, outputs, scores):
        """`outputs`: names, types and shapes."""
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIZE, SIZE])],
            [helper.make_tensor_value_info(n, kind, shape) for n, kind, shape in outputs], self.weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="pytorch", ir_version=8)
        onnx.checker.check_model(model)
        (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())
        (HERE / f"{name}.json").write_text(json.dumps(self.golden(scores)) + "\n")

    def golden(self, scores):
        boxes = []
        for element in self.elements:
            logit = self.logits.flatten()[element]
            gradients = torch.autograd.grad(logit, [l.values for l in self.levels], retain_graph=True, allow_unused=True)
            # Concatenations and slices send zeros to other scales.
            gradients = [g if g is not None and g.any() else None for g in gradients]
            maps = [None if g is None else (g.clamp(min=0) * l.values).sum(1)[0] for g, l in zip(gradients, self.levels)]
            flows = [0 if g is None else (g * l.values).abs().sum() for g, l in zip(gradients, self.levels)]
            size = tuple(self.levels[0].shape[2:])
            joined = torch.zeros(size, dtype=torch.float64)
            for m, flow in zip(maps, flows):
                if m is None or not (m > 0).any():
                    continue
                wide = F.interpolate(m[None, None], size=size, mode="bilinear", align_corners=False)[0, 0]
                joined += flow / sum(flows) * wide / wide.clamp(min=0).sum()
            if not (joined > 0).any():
                print(f"{scores.name} {element}: nothing speaks for it")
                continue
            boxes.append(
                {
                    "element": int(element),
                    "gradients": [None if g is None else numbers(g) for g in gradients],
                    "maps": [None if m is None else numbers(m) for m in maps],
                    "joined": numbers(joined),
                }
            )
        return {
            "scores": scores.name,
            "values": numbers(scores.values),
            "levels": [{"name": l.name, "shape": l.shape} for l in self.levels],
            "boxes": boxes,
        }


def numbers(values):
    return [float(f"{v:.7g}") for v in values.detach().flatten().tolist()]


def grids(scales):
    """Centres of cells [2, N] and their strides [1, N]."""
    points, strides = [], []
    for _, _, height, width in scales:
        y, x = np.mgrid[0:height, 0:width]
        points.append(np.stack([x.ravel() + 0.5, y.ravel() + 0.5]))
        strides.append(np.full(height * width, SIZE / height))
    return np.concatenate(points, 1), np.concatenate(strides)[None]


def yolox():
    net = Net(1)
    maps = net.features()
    rows, logits, stems = [], [], []
    for x in maps:
        stem = net.layer(x, 12)
        stems.append(stem)
        c = net.layer(net.layer(stem, 12, 3, depthwise=True), 12)
        c = net.layer(net.layer(c, 12, 3, depthwise=True), 12)
        c = net.conv(c, CLASSES)
        b = net.layer(net.layer(stem, 12, 3, depthwise=True), 12)
        box, seen = net.conv(b, 4), net.conv(b, 1)
        row = net.concat([box, net.sigmoid(seen), net.sigmoid(c)])
        rows.append(net.reshape(row, 1, 5 + CLASSES, -1))
        logits.append(torch.cat([torch.full_like(row.values[:, :5], torch.nan), c.values], 1).flatten(2))
    # The coarsest map is read by its own scale alone, so that its stem is the level.
    net.levels = [maps[0], maps[1], stems[2]]
    output = net.transpose(net.concat(rows, 2), 0, 2, 1)
    net.logits = torch.cat(logits, 2).permute(0, 2, 1)
    net.elements = [(20 * 8) + 5, (63 * 8) + 7, (70 * 8) + 6, (81 * 8) + 5, (83 * 8) + 7]
    net.write("yolox", [(output.name, TensorProto.FLOAT, output.shape)], output)


def decoupled(net):
    """The head of YOLOv8: boxes as distributions, decoded. Returns boxes [1, 4, N] as corners, and class logits."""
    maps = net.features()
    net.levels = maps
    rows, logits, bins = [], [], 4
    for x in maps:
        b = net.conv(net.layer(net.layer(x, 12, 3), 12, 3), 4 * bins)
        c = net.conv(net.layer(net.layer(x, 12, 3), 12, 3), CLASSES)
        rows.append(net.reshape(net.concat([b, c]), 1, 4 * bins + CLASSES, -1))
        logits.append(c.values.flatten(2))
    boxes, classes = net.split(net.concat(rows, 2), [4 * bins, CLASSES], 1)
    count = boxes.shape[2]
    chances = net.softmax(net.transpose(net.reshape(boxes, 1, 4, bins, count), 0, 2, 1, 3), 1)
    steps = torch.arange(bins, dtype=torch.float32).reshape(1, bins, 1, 1)
    far = net.op(
        "Conv", F.conv2d(chances.values, steps.double()), [chances, net.constant(steps.numpy(), "weight")],
        kernel_shape=[1, 1])
    near, far = net.split(net.reshape(far, 1, 4, count), [2, 2], 1)
    points, strides = grids([m.shape for m in maps])
    one = net.with_constant("Add", net.op("Neg", -near.values, [near]), points[None])
    other = net.with_constant("Add", far, points[None])
    net.logits = torch.cat(logits, 2)
    return one, other, strides, classes


def yolov8():
    net = Net(2)
    one, other, strides, classes = decoupled(net)
    centre = net.with_constant("Mul", net.both("Add", one, other), 0.5)
    box = net.with_constant("Mul", net.concat([centre, net.both("Sub", other, one)]), strides[None])
    output = net.concat([box, net.sigmoid(classes)])
    count = output.shape[2]
    net.logits = torch.cat([torch.full_like(box.values, torch.nan), net.logits], 1)
    net.elements = [4 * count + 12, 5 * count + 63, 6 * count + 66, 4 * count + 79, 5 * count + 82]
    net.write("yolov8", [(output.name, TensorProto.FLOAT, output.shape)], output)


def yolov5():
    net = Net(3)
    maps = net.features()
    net.levels = maps
    rows, logits, width = [], [], 5 + CLASSES
    for x in maps:
        height, across = x.shape[2:]
        raw = net.conv(x, 3 * width)
        raw = net.transpose(net.reshape(raw, 1, 3, width, height, across), 0, 1, 3, 4, 2)
        place, size, rest = net.split(net.sigmoid(raw), [2, 2, 1 + CLASSES], 4)
        grid = np.stack(np.meshgrid(np.arange(across), np.arange(height)), -1) - 0.5
        stride = SIZE / height
        place = net.with_constant("Mul", net.with_constant("Add", net.with_constant("Mul", place, 2.0), grid), stride)
        doubled = net.with_constant("Mul", size, 2.0)
        square = net.op("Pow", doubled.values**2, [doubled, net.constant(np.array(2, np.float32))])
        anchors = np.array([[1, 1], [2, 1], [1, 2]], float).reshape(1, 3, 1, 1, 2) * stride
        row = net.concat([place, net.with_constant("Mul", square, anchors), rest], 4)
        rows.append(net.reshape(row, 1, -1, width))
        logits.append(raw.values.reshape(1, -1, width))
    output = net.concat(rows, 1)
    net.logits = torch.cat(logits, 1)
    net.elements = [31 * 8 + 7, 150 * 8 + 5, 101 * 8 + 6, 200 * 8 + 7, 230 * 8 + 6, 244 * 8 + 7, 250 * 8 + 6]
    net.write("yolov5", [(output.name, TensorProto.FLOAT, output.shape)], output)


def corners(net):
    one, other, strides, classes = decoupled(net)
    return net.with_constant("Mul", net.concat([one, other]), strides[None]), classes


def end_to_end():
    """The choice of the best at the end, as YOLOv10 has it: the best candidates, then the best of all their classes."""
    net = Net(4)
    boxes, classes = corners(net)
    rows = net.transpose(net.concat([boxes, net.sigmoid(classes)]), 0, 2, 1)
    box, scores = net.split(rows, [4, CLASSES], 2)
    net.logits = net.logits.permute(0, 2, 1)
    net.elements = [30 * 3 + 1, 70 * 3 + 2, 82 * 3]
    net.boxes = box
    kept = net.integers(10)

    def plain(kind, inputs, outputs=1, **attributes):
        names = [net.name(kind.lower()) for _ in range(outputs)]
        net.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names if outputs > 1 else names[0]

    best = plain("ReduceMax", [scores.name], axes=[2], keepdims=0)
    _, first = plain("TopK", [best, kept], 2, axis=1)
    column = plain("Unsqueeze", [first, net.integers(-1)])
    picked = plain("GatherElements", [box.name, plain("Tile", [column, net.integers(1, 1, 4)])], axis=1)
    rated = plain("GatherElements", [scores.name, plain("Tile", [column, net.integers(1, 1, CLASSES)])], axis=1)
    top, position = plain("TopK", [plain("Flatten", [rated], axis=1), kept], 2, axis=1)
    row = plain("Div", [position, net.integers(CLASSES)])
    kind = plain("Cast", [plain("Mod", [position, net.integers(CLASSES)])], to=TensorProto.FLOAT)
    row = plain("Tile", [plain("Unsqueeze", [row, net.integers(-1)]), net.integers(1, 1, 4)])
    chosen = plain("GatherElements", [picked, row], axis=1)
    ends = [plain("Unsqueeze", [x, net.integers(-1)]) for x in (top, kind)]
    output = plain("Concat", [chosen, *ends], axis=2)
    net.write("end_to_end", [(output, TensorProto.FLOAT, [1, 10, 6])], scores)


def suppressed():
    """NonMaxSuppression at the end."""
    net = Net(5)
    boxes, classes = corners(net)
    box, scores = net.transpose(boxes, 0, 2, 1), net.sigmoid(classes)
    net.elements = [0 * 84 + 20, 2 * 84 + 75, 1 * 84 + 83]
    limits = [net.integers(10)] + [net.constant(np.array([v], np.float32)) for v in (0.5, 0.3)]
    found = net.name("nonmaxsuppression")
    net.nodes.append(helper.make_node("NonMaxSuppression", [box.name, scores.name, *limits], [found]))
    net.write("suppressed", [(found, TensorProto.INT64, ["found", 3]), (box.name, TensorProto.FLOAT, box.shape)], scores)


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for make in (yolox, yolov8, yolov5, end_to_end, suppressed):
        make()
