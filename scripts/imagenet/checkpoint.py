"""Reads a file of weights as PyTorch wrote them before 1.6, without PyTorch.

Such a file is four pickles (a magic number, a protocol version, facts on the machine, the weights' names and shapes),
a pickled list of keys, and for each key an int64 count and so many numbers.
"""

import array
import collections
import itertools
import math
import pickle
import struct
import sys
from dataclasses import dataclass

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
# What a number of each kind of storage is, as `array` calls it.
STORAGES = {("torch", "FloatStorage"): "f", ("torch", "LongStorage"): "q"}


class Refusal(Exception):
    """The file is not what is allowed or expected; one line says why."""


@dataclass(frozen=True)
class Storage:
    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of numbers that are read later; strides are counted in numbers."""

    storage: Storage
    offset: int
    shape: tuple
    strides: tuple


def rebuilt(storage, offset, shape, strides, requires_gradient, hooks, *_):
    """Stands in for torch._utils._rebuild_tensor_v2."""
    if not isinstance(storage, Storage):
        raise Refusal("a tensor of the checkpoint has no storage")
    last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if min(offset, *shape, *strides, 0) < 0 or 0 in shape or last >= storage.count:
        raise Refusal(f"a tensor of the checkpoint reaches out of its storage: shape {shape}, strides {strides}")
    if math.prod(shape) > storage.count:
        raise Refusal(f"a tensor of the checkpoint repeats numbers: shape {shape}, strides {strides}")
    return Tensor(storage, offset, tuple(shape), tuple(strides))


class Reader(pickle.Unpickler):
    """A pickle can call whatever it can name; this one can name four things, and call two of them."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuilt
        if (module, name) in STORAGES:
            return STORAGES[module, name]  # text, which cannot be called
        raise Refusal(f"the checkpoint names {f'{module}.{name}'!r}, which is not allowed")

    def persistent_load(self, identity):
        try:
            tag, kind, key, _, count, view = identity
        except (TypeError, ValueError):
            raise Refusal("the checkpoint refers to something that is no storage") from None
        if tag != "storage" or kind not in STORAGES.values() or view is not None:
            raise Refusal("the checkpoint refers to something that is no plain storage")
        return Storage(key, kind, count)


def load(file):
    """The tensors of an open binary file: name -> (shape, numbers), the numbers an `array`, row-major."""
    try:
        if Reader(file).load() != MAGIC or Reader(file).load() != PROTOCOL:
            raise Refusal("this is no checkpoint of PyTorch before 1.6")
        if Reader(file).load().get("little_endian") is not True:
            raise Refusal("the checkpoint's numbers are not little-endian")
        tensors = Reader(file).load()
        keys = Reader(file).load()
        if not all(isinstance(tensor, Tensor) for tensor in tensors.values()):
            raise Refusal("the checkpoint holds something that is no tensor")
        kinds = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
        storages = {key: numbers(file, kinds[key]) for key in keys}
        return {name: (tensor.shape, row_major(storages[tensor.storage.key], tensor)) for name, tensor in tensors.items()}
    except Refusal:
        raise
    except Exception as error:  # a damaged pickle may raise anything
        raise Refusal(f"the checkpoint is damaged: {error!r}") from error


def numbers(file, storage):
    (count,) = struct.unpack("<q", file.read(8))
    if count != storage.count:
        raise Refusal(f"the checkpoint has {count} numbers where it announced {storage.count}")
    values = array.array(storage.kind)
    raw = file.read(count * values.itemsize)
    if len(raw) != count * values.itemsize:
        raise Refusal("the checkpoint is cut off")
    values.frombytes(raw)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def row_major(values, tensor):
    """The tensor's numbers, the last index first; TensorFlow's weights lie the other way round."""
    axes = [(size, stride) for size, stride in zip(tensor.shape, tensor.strides) if size > 1]
    if not axes:
        return values[tensor.offset : tensor.offset + 1]
    *outer, (size, step) = axes
    out = array.array(values.typecode)
    for indices in itertools.product(*(range(count) for count, _ in outer)):
        start = tensor.offset + sum(index * stride for index, (_, stride) in zip(indices, outer))
        out.extend(values[start : start + (size - 1) * step + 1 : step])
    return out
