"""Writes files of weights as PyTorch did before 1.6, good ones and others, without PyTorch."""

import array
import collections
import copyreg
import io
import pickle
import struct
import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "imagenet"))


def _rebuild_tensor_v2(*_):
    raise AssertionError("is named in the file, and never called")


class FloatStorage:
    pass


class LongStorage:
    pass


class HalfStorage:
    pass


# pickle names what it stores by module, and looks whether it is there.
torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
for kind in (FloatStorage, LongStorage, HalfStorage):
    kind.__module__ = "torch"
    setattr(torch, kind.__name__, kind)
_rebuild_tensor_v2.__module__ = "torch._utils"
utils._rebuild_tensor_v2 = _rebuild_tensor_v2


class Stored:
    """Numbers in a file; `announced` is how many its pickle says that there are."""

    def __init__(self, key, values, kind=FloatStorage, announced=None, view=None):
        self.key, self.values, self.kind, self.view = key, values, kind, view
        self.announced = len(values) if announced is None else announced


class View:
    def __init__(self, storage, offset, shape, strides):
        self.arguments = (storage, offset, shape, strides, False, collections.OrderedDict())


class Writer(pickle.Pickler):
    dispatch_table = copyreg.dispatch_table.copy()
    dispatch_table[View] = lambda view: (_rebuild_tensor_v2, view.arguments)

    def persistent_id(self, value):
        if isinstance(value, Stored):
            return ("storage", value.kind, value.key, "cpu", value.announced, value.view)
        return None


def checkpoint(weights, storages, magic=0x1950A86A20F9469CFC6C, little_endian=True):
    """The file's bytes. `weights`: name -> View, or whatever a hostile one has there."""
    out = io.BytesIO()
    held = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules.update({"torch": torch, "torch._utils": utils})
    try:
        facts = {"protocol_version": 1001, "little_endian": little_endian, "type_sizes": {}}
        for value in (magic, 1001, facts, weights, [storage.key for storage in storages]):
            Writer(out, protocol=2).dump(value)
    finally:
        for name, module in held.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})
    for storage in storages:
        values = array.array("q" if storage.kind is LongStorage else "f", storage.values)
        out.write(struct.pack("<q", len(values)) + values.tobytes())
    return out.getvalue()


def plain(tensors):
    """The file's bytes of name -> (shape, numbers), each in a storage of its own."""
    weights, storages = {}, []
    for number, (name, (shape, values)) in enumerate(tensors.items()):
        kind = LongStorage if name.endswith("num_batches_tracked") else FloatStorage
        storages.append(Stored(str(number), values, kind))
        strides, step = [], 1
        for size in reversed(shape):
            strides.insert(0, step)
            step *= size
        weights[name] = View(storages[-1], 0, shape, tuple(strides))
    return checkpoint(weights, storages)
