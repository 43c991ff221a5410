"""Nets of well-known shapes with random weights: the same ones for camstream (as ONNX files) and for PyTorch.

The time of a pass does not depend on what the weights are, and nothing has to be downloaded.
"""

import sys
from pathlib import Path

import torch
import torchvision

SIDE = 224  # pixels
SEED = 5
CLASS = 281

# The module whose output is mapped: the last with spatial extent before the head.
TARGETS = {
    "mobilenet_v2": lambda net: net.features[-1],
    "vgg16": lambda net: net.features[29],
    "resnet50": lambda net: net.layer4[-1],
    "resnet18": lambda net: net.layer4[-1],
}

CARD = """\
name: {name} with random weights
model: {name}.onnx
input:
  size: [{side}, {side}]
  layout: NCHW
  color: RGB
  range: [0, 1]
  mean: [0.485, 0.456, 0.406]
  std: [0.229, 0.224, 0.225]
  resize: squash
"""


def build(name):
    """The net, ready for use, and the module whose output is mapped; the same weights every time."""
    torch.manual_seed(SEED)
    net = torchvision.models.get_model(name, weights=None).eval()
    return net, TARGETS[name](net)


def export(name, folder):
    """NAME.onnx with its card NAME.yaml; does nothing where they are."""
    path = folder / f"{name}.onnx"
    if not path.exists():
        net, _ = build(name)
        unfinished = path.with_suffix(".tmp")
        torch.onnx.export(net, torch.zeros(1, 3, SIDE, SIDE), unfinished, opset_version=17, dynamo=False)
        unfinished.rename(path)
    path.with_suffix(".yaml").write_text(CARD.format(name=name, side=SIDE))


if __name__ == "__main__":
    for wanted in sys.argv[2:]:
        export(wanted, Path(sys.argv[1]))
