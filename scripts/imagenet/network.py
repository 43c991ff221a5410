"""EfficientNet-Lite0 as a graph: Tan and Le 2019, arXiv:1905.11946, without squeeze-and-excitation and with ReLU6."""

import math
from dataclasses import dataclass

from checkpoint import Refusal
from onnx_file import Graph

EPSILON = 1e-3  # of the batch normalisations


@dataclass(frozen=True)
class Architecture:
    name: str
    size: int  # height and width of the input
    stem: int  # channels
    # Repeats, kernel, stride, expansion, channels out.
    stages: tuple
    head: int  # channels
    classes: int


LITE0 = Architecture(
    name="EfficientNet-Lite0",
    size=224,
    stem=32,
    stages=(
        (1, 3, 1, 1, 16),
        (2, 3, 2, 6, 24),
        (2, 5, 2, 6, 40),
        (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    ),
    head=1280,
    classes=1000,
)


class Builder:
    def __init__(self, name, weights, store_half):
        self.weights = weights
        self.store_half = store_half
        self.graph = Graph(name)
        self.read = set()

    def take(self, name, shape):
        """The numbers of a tensor of the checkpoint, which must have this shape."""
        found, values = self.weights.get(name, (None, None))
        if found != shape:
            raise Refusal(f"the checkpoint's {name} has shape {found}, not {shape}")
        self.read.add(name)
        return values

    def matrix(self, name, shape, values):
        return (self.graph.halves if self.store_half else self.graph.floats)(name, shape, values)

    def convolution(self, x, name, kernel, normalisation, shape, stride, size, groups=1, activate=True):
        """A convolution with its batch normalisation folded into it; returns the output and its size.

        y = (w·x - mean) · scale + bias with scale = gamma / sqrt(variance + epsilon).
        """
        weights = self.take(f"{kernel}.weight", shape)
        outputs = shape[:1]
        gamma, bias, mean, variance = (
            self.take(f"{normalisation}.{part}", outputs) for part in ("weight", "bias", "running_mean", "running_var")
        )
        self.read.add(f"{normalisation}.num_batches_tracked")
        scales = [g / math.sqrt(v + EPSILON) for g, v in zip(gamma, variance)]
        each = len(weights) // shape[0]
        folded = [value * scales[index // each] for index, value in enumerate(weights)]
        inputs = [
            x,
            self.matrix(f"{name}.weight", shape, folded),
            self.graph.floats(f"{name}.bias", outputs, [b - m * s for b, m, s in zip(bias, mean, scales)]),
        ]
        # TensorFlow's SAME padding: the odd pixel at the bottom right.
        smaller = -(-size // stride)
        missing = max((smaller - 1) * stride + shape[2] - size, 0)
        before, after = missing // 2, missing - missing // 2
        y = self.graph.node(
            "Conv", inputs, name, group=groups, kernel_shape=shape[2:], pads=(before, before, after, after),
            strides=(stride, stride),
        )
        if activate:
            y = self.graph.node("Clip", [y, "zero", "six"], f"{name}.relu6")
        return y, smaller

    def block(self, x, number, kernel, stride, expansion, inputs, outputs, size):
        """An inverted bottleneck: Sandler et al. 2018, arXiv:1801.04381, fig. 3."""
        theirs, ours = f"_blocks.{number}", f"blocks.{number}"
        wide = inputs * expansion
        y, end = x, size
        if expansion != 1:
            y, _ = self.convolution(
                y, f"{ours}.expand", f"{theirs}._expand_conv", f"{theirs}._bn0", (wide, inputs, 1, 1), 1, size)
        y, end = self.convolution(
            y, f"{ours}.depthwise", f"{theirs}._depthwise_conv", f"{theirs}._bn1", (wide, 1, kernel, kernel), stride,
            size, groups=wide)
        y, _ = self.convolution(
            y, f"{ours}.project", f"{theirs}._project_conv", f"{theirs}._bn2", (outputs, wide, 1, 1), 1, end,
            activate=False)
        if stride == 1 and inputs == outputs:
            y = self.graph.node("Add", [y, x], f"{ours}.add")
        return y, end


def build(weights, metadata, architecture=LITE0, store_half=True):
    """The ONNX file's bytes.

    `weights` are (shape, numbers) by their name in the checkpoint. With `store_half` all that is larger than a bias is
    stored in f16.
    """
    builder = Builder(architecture.name, weights, store_half)
    graph = builder.graph
    graph.floats("zero", (), [0])
    graph.floats("six", (), [6])
    inputs = architecture.stem
    x, size = builder.convolution("image", "stem", "_conv_stem", "_bn0", (inputs, 3, 3, 3), 2, architecture.size)
    number = 0
    for repeats, kernel, stride, expansion, outputs in architecture.stages:
        for repeat in range(repeats):
            x, size = builder.block(x, number, kernel, 1 if repeat else stride, expansion, inputs, outputs, size)
            inputs = outputs
            number += 1
    classes, width = architecture.classes, architecture.head
    x, size = builder.convolution(x, "features", "_conv_head", "_bn1", (width, inputs, 1, 1), 1, size)
    x = graph.node("GlobalAveragePool", [x], "pooled")
    x = graph.node("Flatten", [x], "flat", axis=1)
    dense = [
        x,
        builder.matrix("classifier.weight", (classes, width), builder.take("_fc.weight", (classes, width))),
        graph.floats("classifier.bias", (classes,), builder.take("_fc.bias", (classes,))),
    ]
    graph.node("Gemm", dense, "logits", transB=1)
    if unread := sorted(set(weights) - builder.read):
        raise Refusal(f"the checkpoint has weights that this network has not: {', '.join(unread[:3])}")
    shape = ("N", 3, architecture.size, architecture.size)
    return graph.model({"image": shape}, {"logits": ("N", classes)}, metadata)
