"""Writes an ONNX file: what of the format a plain convolutional network needs, always the same bytes for the same graph.

The field numbers are those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

import array
import struct
import sys

FLOAT, INT64, FLOAT16 = 1, 7, 10
IR_VERSION, OPERATOR_SET = 8, 13


def varint(value):
    value &= (1 << 64) - 1  # negative numbers in two's complement
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A field of a message: an integer, text, or bytes (also those of a message in it)."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def tensor(name, kind, shape, raw):
    dimensions = b"".join(field(1, size) for size in shape)
    return dimensions + field(2, kind) + field(8, name) + field(9, raw)


def attribute(name, value):
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    return field(1, name) + b"".join(field(8, item) for item in value) + field(20, 7)


def value_info(name, shape):
    """Shape: numbers, and text for a dimension that is open."""
    sizes = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, sizes)))


class Graph:
    """Nodes and initialisers in the order in which they are added."""

    def __init__(self, name):
        self.name = name
        self.nodes = []
        self.initialisers = []

    def node(self, operator, inputs, output, **attributes):
        """Adds an operator, which is called like its output; returns the output."""
        self.nodes.append(
            b"".join(field(1, name) for name in inputs)
            + field(2, output)
            + field(3, output)
            + field(4, operator)
            + b"".join(field(5, attribute(name, value)) for name, value in attributes.items())
        )
        return output

    def floats(self, name, shape, values):
        """Adds a constant in f32; returns its name. A value is rounded once, from the double that it is."""
        values = array.array("f", values)
        if sys.byteorder == "big":
            values.byteswap()
        self.initialisers.append(tensor(name, FLOAT, shape, values.tobytes()))
        return name

    def halves(self, name, shape, values):
        """Adds a constant that is stored in f16 and computed with in f32; returns the name of the f32 tensor."""
        stored = f"{name}.f16"
        self.initialisers.append(tensor(stored, FLOAT16, shape, struct.pack(f"<{len(values)}e", *values)))
        return self.node("Cast", [stored], name, to=FLOAT)

    def model(self, inputs, outputs, metadata):
        """The file's bytes. Inputs and outputs: name -> shape; metadata: key -> text."""
        graph = (
            b"".join(field(1, node) for node in self.nodes)
            + field(2, self.name)
            + b"".join(field(5, initialiser) for initialiser in self.initialisers)
            + b"".join(field(11, value_info(name, shape)) for name, shape in inputs.items())
            + b"".join(field(12, value_info(name, shape)) for name, shape in outputs.items())
        )
        return (
            field(1, IR_VERSION)
            + field(2, "camstream scripts/imagenet")
            + field(7, graph)
            + field(8, field(2, OPERATOR_SET))
            + b"".join(field(14, field(1, key) + field(2, text)) for key, text in metadata.items())
        )
