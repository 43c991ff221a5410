#!/usr/bin/env python3
"""Makes Tests/Fixtures/gradients: small convolutional nets with random weights, and PyTorch's gradients of their scores.

Needs: pip install torch==2.15.0 onnx==1.23.2 numpy==2.4.6
NAME.onnx is the net with a fixed input, written operator by operator from the module's layers, so that no exporter's
version matters. NAME.json holds a picture, the activations A of the tensor `target`, and dy_c/dA for two classes, all
by PyTorch's autograd in 64 bits.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

HERE = Path(__file__).parent / "gradients"
CLASSES = [1, 4]


class Residual(nn.Module):
    """A basic block: two convolutions, and a way around them (He et al. 2015)."""

    def __init__(self, inside, outside, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside)
        self.conv2, self.norm2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside)
        self.around = None
        if stride != 1 or inside != outside:
            self.around = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

    def forward(self, x):
        y = self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x)))))
        return torch.relu(y + (x if self.around is None else self.around(x)))


class Gate(nn.Module):
    """Squeeze and excitation, as in MobileNetV3 (Howard et al. 2019)."""

    def __init__(self, channels):
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, 4, 1), nn.Conv2d(4, channels, 1)

    def forward(self, x):
        pooled = x.mean((2, 3), keepdim=True)
        return x * nn.functional.hardsigmoid(self.up(torch.relu(self.down(pooled))))


class Inverted(nn.Module):
    """An inverted residual (Sandler et al. 2018) with a gate and hard swish."""

    def __init__(self, channels, wide):
        super().__init__()
        self.open, self.norm1 = nn.Conv2d(channels, wide, 1, bias=False), nn.BatchNorm2d(wide)
        self.depth, self.norm2 = nn.Conv2d(wide, wide, 3, 1, 1, groups=wide, bias=False), nn.BatchNorm2d(wide)
        self.gate = Gate(wide)
        self.close, self.norm3 = nn.Conv2d(wide, channels, 1, bias=False), nn.BatchNorm2d(channels)

    def forward(self, x):
        y = nn.functional.hardswish(self.norm1(self.open(x)))
        y = self.gate(nn.functional.hardswish(self.norm2(self.depth(y))))
        return x + self.norm3(self.close(y))


class Writer:
    """Writes modules as ONNX operators."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def name(self, kind):
        self.count += 1
        return f"{kind}_{self.count}"

    def constant(self, tensor):
        name = self.name("weight")
        self.weights.append(numpy_helper.from_array(tensor.detach().float().numpy().copy(), name))
        return name

    def integers(self, values):
        name = self.name("integers")
        self.weights.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def op(self, kind, *inputs, **attributes):
        output = self.name(kind.lower())
        self.nodes.append(helper.make_node(kind, list(inputs), [output], output, **attributes))
        return output

    def write(self, module, x):
        if isinstance(module, nn.Sequential):
            for part in module:
                x = self.write(part, x)
            return x
        if isinstance(module, nn.Conv2d):
            inputs = [x, self.constant(module.weight)] + ([] if module.bias is None else [self.constant(module.bias)])
            pads = list(module.padding) * 2
            return self.op(
                "Conv", *inputs, strides=list(module.stride), pads=pads, group=module.groups,
                kernel_shape=list(module.kernel_size))
        if isinstance(module, nn.BatchNorm2d):
            parts = [module.weight, module.bias, module.running_mean, module.running_var]
            return self.op("BatchNormalization", x, *map(self.constant, parts), epsilon=module.eps)
        if isinstance(module, nn.ReLU):
            return self.op("Relu", x)
        if isinstance(module, nn.MaxPool2d):
            size = [module.kernel_size] * 2
            return self.op(
                "MaxPool", x, kernel_shape=size, strides=[module.stride] * 2, pads=[module.padding] * 4)
        if isinstance(module, nn.AdaptiveAvgPool2d):
            return self.op("GlobalAveragePool", x)
        if isinstance(module, nn.Flatten):
            return self.op("Flatten", x)
        if isinstance(module, nn.Linear):
            return self.op("Gemm", x, self.constant(module.weight), self.constant(module.bias), transB=1)
        if isinstance(module, Residual):
            y = self.write(nn.Sequential(module.conv1, module.norm1, nn.ReLU(), module.conv2, module.norm2), x)
            around = x if module.around is None else self.write(module.around, x)
            return self.op("Relu", self.op("Add", y, around))
        if isinstance(module, Gate):
            pooled = self.op("ReduceMean", x, self.integers([2, 3]), keepdims=1)
            gate = self.write(nn.Sequential(module.down, nn.ReLU(), module.up), pooled)
            return self.op("Mul", x, self.op("HardSigmoid", gate, alpha=1 / 6, beta=0.5))
        if isinstance(module, Inverted):
            y = self.op("HardSwish", self.write(nn.Sequential(module.open, module.norm1), x))
            y = self.op("HardSwish", self.write(nn.Sequential(module.depth, module.norm2), y))
            y = self.write(nn.Sequential(module.gate, module.close, module.norm3), y)
            return self.op("Add", x, y)
        raise TypeError(type(module))


def conv_relu(inside, outside, stride=1):
    return [nn.Conv2d(inside, outside, 3, stride, 1), nn.ReLU()]


NETS = {
    # Target: the last ReLU before the last pooling; several dense layers behind it.
    "vgg": (
        nn.Sequential(*conv_relu(3, 6), nn.MaxPool2d(2, 2), *conv_relu(6, 8), *conv_relu(8, 8)),
        nn.Sequential(nn.MaxPool2d(2, 2), nn.Flatten(), nn.Linear(8 * 16, 12), nn.ReLU(), nn.Linear(12, 5)),
    ),
    # Target: before an overlapping pooling and two residual blocks.
    "resnet": (
        nn.Sequential(*conv_relu(3, 6)),
        nn.Sequential(
            nn.MaxPool2d(3, 2, 1), Residual(6, 6, 1), Residual(6, 10, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(10, 5)),
    ),
    # Target: before two gated inverted residuals.
    "mobilenet": (
        nn.Sequential(*conv_relu(3, 6, 2)),
        nn.Sequential(
            Inverted(6, 12), nn.Conv2d(6, 8, 1), nn.ReLU(), Inverted(8, 16), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(8, 5)),
    ),
}


def randomise(module):
    """Weights of a size that keeps numbers near 1; statistics of normalisations that are not 0 and 1."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            for tensor, low, high in [
                (part.weight, 0.5, 1.5), (part.bias, -0.3, 0.3), (part.running_mean, -0.3, 0.3),
                (part.running_var, 0.5, 1.5),
            ]:
                nn.init.uniform_(tensor, low, high) if tensor.requires_grad else tensor.uniform_(low, high)
        elif isinstance(part, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(part.weight)
            if part.bias is not None:
                nn.init.uniform_(part.bias, -0.2, 0.2)


def rounded(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().flatten().tolist()]


def main():
    HERE.mkdir(exist_ok=True)
    for name, (trunk, head) in NETS.items():
        torch.manual_seed(sum(name.encode()))
        for part in (trunk, head):
            randomise(part)
            part.eval()
        picture = torch.round(torch.randn(1, 3, 16, 16) * 1000) / 1000

        writer = Writer()
        target = writer.write(trunk, "picture")
        scores = writer.write(head, target)
        graph = helper.make_graph(
            writer.nodes, name, [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 16, 16])],
            [helper.make_tensor_value_info(scores, TensorProto.FLOAT, [1, 5])], writer.weights)
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
        onnx.checker.check_model(proto, full_check=True)
        onnx.save(proto, HERE / f"{name}.onnx")

        trunk.double(), head.double()
        activations = trunk(picture.double()).detach().requires_grad_()
        y = head(activations)
        gradients = {c: torch.autograd.grad(y[0, c], activations, retain_graph=True)[0] for c in CLASSES}
        golden = {
            "target": target, "scores": scores, "picture": rounded(picture), "logits": rounded(y),
            "shape": list(activations.shape), "activations": rounded(activations),
            "gradients": {str(c): rounded(g) for c, g in gradients.items()},
        }
        (HERE / f"{name}.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
