"""Writes the trained student as an ONNX model with int8 weights, and its card with the labels."""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from network import Block, Student

INPUT = 160  # side in pixels: the last feature map is INPUT / 16 = 10 cells wide

CARD = """\
# camstream's model for the drawn scene: the 101 everyday categories of Caltech-101, and clutter. Made by training/; see README.md.
name: camstream demo
model: demo.onnx
input:
  size: [{size}, {size}]       # map of {cells}x{cells} cells: {reason}
  layout: NCHW
  color: RGB
  range: [-1, 1]         # x / 127.5 - 1
  mean: [0, 0, 0]
  std: [1, 1, 1]
  resize: squash         # the whole picture, whatever its shape; trained so
about:
  dataset: Caltech-101
  top-1:                 # evaluate.py fills it in
  licence: Apache-2.0
  source: camstream, training/; photographs under CC BY 4.0
labels:
{labels}
"""
REASON = "finer ones cost more, and fit objects no better"

# Names for people where the data set's own are none.
NAMES = {
    "BACKGROUND_Google": "clutter", "Faces": "face", "Faces_easy": "face, close", "Leopards": "leopard",
    "Motorbikes": "motorbike", "airplanes": "airplane", "car_side": "car, from the side", "cougar_body": "cougar, body",
    "cougar_face": "cougar, face", "crocodile_head": "crocodile, head", "flamingo_head": "flamingo, head",
    "garfield": "Garfield", "snoopy": "Snoopy", "water_lilly": "water lily", "yin_yang": "yin-yang"}


def label(class_):
    return NAMES.get(class_, class_.replace("_", " "))


class Writer:
    """Collects nodes and int8 weights; a weight is stored with one scale for each output channel."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def weight(self, name, values):
        scale = np.abs(values).reshape(len(values), -1).max(axis=1) / 127
        steps = np.round(values / scale.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        inputs = [self.constant(f"{name}.int8", steps), self.constant(f"{name}.scale", scale.astype(np.float32))]
        self.nodes.append(helper.make_node("DequantizeLinear", inputs, [name], axis=0))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, x, name, conv, norm):
        """The convolution with the batch normalisation after it taken in."""
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        weight = (conv.weight * gain[:, None, None, None]).detach().numpy()
        bias = (norm.bias - norm.running_mean * gain).detach().numpy()
        pad = conv.padding[0]
        inputs = [x, self.weight(f"{name}.weight", weight), self.constant(f"{name}.bias", bias.astype(np.float32))]
        return self.node("Conv", inputs, name, kernel_shape=conv.kernel_size, strides=conv.stride, pads=[pad] * 4)

    def block(self, x, name, block):
        y = self.convolution(x, f"{name}/conv1", block.conv1, block.norm1)
        y = self.node("Relu", [y], f"{name}/relu1")
        y = self.convolution(y, f"{name}/conv2", block.conv2, block.norm2)
        if isinstance(block.shortcut, nn.Sequential):
            pool, conv, norm = block.shortcut
            if pool.stride > 1:
                side = [pool.kernel_size] * 2
                x = self.node("AveragePool", [x], f"{name}/pool", kernel_shape=side, strides=side)
            x = self.convolution(x, f"{name}/shortcut", conv, norm)
        return self.node("Relu", [self.node("Add", [y, x], f"{name}/add")], f"{name}/relu2")


def build(student, classes):
    """The ONNX model: picture [1, 3, INPUT, INPUT] to logits [1, classes]."""
    writer = Writer()
    x, modules = "picture", list(student.features)
    for index, module in enumerate(modules):
        if isinstance(module, nn.Conv2d):
            x = writer.convolution(x, f"stem{index // 3 + 1}", module, modules[index + 1])
        elif isinstance(module, nn.ReLU):
            x = writer.node("Relu", [x], f"{x}/relu")
        elif isinstance(module, Block):
            x = writer.block(x, "features" if index + 1 == len(modules) else f"block{index - 5}", module)
    x = writer.node("GlobalAveragePool", [x], "pooled")
    x = writer.node("Flatten", [x], "flat")
    weight = writer.weight("classifier.weight", student.dense.weight.detach().numpy())
    bias = writer.constant("classifier.bias", student.dense.bias.detach().numpy())
    writer.node("Gemm", [x, weight, bias], "logits", transB=1)
    graph = helper.make_graph(
        writer.nodes, "camstream-default",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, INPUT, INPUT])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, len(classes)])], writer.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="camstream training")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def load(path):
    """The trained student, ready for use, and its classes."""
    saved = torch.load(path)
    student = Student(len(saved["classes"]))
    student.load_state_dict(saved["student"])
    return student.eval(), saved["classes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="file that train.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="the .onnx file; the card stands beside it")
    arguments = parser.parse_args()
    student, classes = load(arguments.weights)
    onnx.save(build(student, classes), arguments.out)
    labels = "\n".join(f"  - {label(class_)}" for class_ in classes)
    card = CARD.format(size=INPUT, cells=INPUT // 16, reason=REASON, labels=labels)
    arguments.out.with_suffix(".yaml").write_text(card.replace("demo.onnx", arguments.out.name))
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
