"""Tiny ONNX classifiers, as bytes of protocol buffers (the numbers are onnx.proto's), and metadata for others."""

import struct


def _varint(value):
    bytes_ = bytearray()
    while value > 0x7F:
        bytes_.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(bytes_) + bytes([value])


def _field(number, value):
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _start(number, len(data)) + data


def _start(number, count):
    """Of a field of so many bytes."""
    return _varint(number << 3 | 2) + _varint(count)


def metadata(key, value):
    """Of a model: is appended to its bytes."""
    return _field(14, _field(1, key) + _field(2, value))


def _value(name, shape):
    dimensions = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dimensions)))


def _weights(name, shape):
    count = 1
    for size in shape:
        count *= size
    numbers = struct.pack(f"<{count}f", *((i * 7919 % 1009 - 504) / 504 for i in range(count)))
    return b"".join(_field(1, size) for size in shape) + _field(2, 1) + _field(8, name) + _field(9, numbers)


def _node(operator, inputs, output, attribute=b""):
    named = b"".join(_field(1, name) for name in inputs)
    return _field(1, named + _field(2, output) + _field(4, operator) + attribute)


def classifier(classes, ballast=0):
    """Convolution, pooling, one dense layer: [1, 3, 32, 32] to [1, classes].

    With `ballast`, weights that nothing uses follow, of so many bytes, which are left out: the file's end.
    """
    transposed = _field(5, _field(1, "transB") + _field(3, 1) + _field(20, 2))
    graph = (
        _node("Conv", ["x", "c"], "maps") + _node("GlobalAveragePool", ["maps"], "pooled")
        + _node("Flatten", ["pooled"], "flat") + _node("Gemm", ["flat", "w"], "y", transposed)
        + _field(2, "tiny") + _field(5, _weights("c", [4, 3, 3, 3])) + _field(5, _weights("w", [classes, 4]))
        + _field(11, _value("x", [1, 3, 32, 32])) + _field(12, _value("y", [1, classes])))
    model = _field(1, 8) + _field(8, _field(2, 13))
    if not ballast:
        return model + _field(7, graph)
    weights = _field(1, ballast // 4) + _field(2, 1) + _field(8, "ballast") + _start(9, ballast)
    graph += _start(5, len(weights) + ballast) + weights
    return model + _start(7, len(graph) + ballast) + graph
