#!/usr/bin/env python3
"""Makes Tests/Fixtures/gradients: small nets with random weights, and PyTorch's gradients of their scores.

Needs: pip install torch==2.15.0 onnx==1.23.2 numpy==2.4.6
NAME.onnx is the net with a fixed input, written operator by operator from the module's layers, so that no exporter's
version matters. NAME.json holds a picture, the activations A of the tensor `target`, dy_c/dA for two classes, the
product of the Hessian of y_c with A (null where it is 0), and the guided gradient of the picture (Springenberg et al. 2014), for the first of
them, all by PyTorch's autograd in 64 bits.
"""

import contextlib
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
        return x * (self.up(torch.relu(self.down(pooled))) / 6 + 0.5).clamp(0, 1)


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


class Attention(nn.Module):
    """A transformer's block over the pixels of a map (Dosovitskiy et al. 2020): [N, channels, h, w] to [N, h·w, channels]."""

    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.query, self.key, self.value, self.mix = (nn.Linear(channels, channels, bias=False) for _ in range(4))
        self.open, self.close = nn.Linear(channels, 2 * channels), nn.Linear(2 * channels, channels)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        n = self.norm1(x)
        q, k, v = (self.split(part(n)) for part in (self.query, self.key, self.value))
        weights = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
        x = x + self.mix((weights @ v).transpose(1, 2).flatten(2))
        return x + self.close(nn.functional.gelu(self.open(self.norm2(x))))


class MeanOfTokens(nn.Module):
    def forward(self, x):
        return x.mean(1)


class Rest(nn.Module):
    """Logit plus its log-softmax: Shapley-CAM's ReST utility (Cai 2025, arXiv:2501.06261)."""

    def forward(self, x):
        return x + torch.log_softmax(x, 1)


class GuidedReLU(torch.autograd.Function):
    @staticmethod
    def forward(context, x, high):
        context.save_for_backward(x)
        context.high = high
        return x.clamp(0, high)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        return gradient.clamp(min=0) * ((x > 0) & (x < context.high)), None


@contextlib.contextmanager
def guided():
    """Every ReLU lets only positive gradients through."""
    places = [
        (torch, "relu", lambda x: GuidedReLU.apply(x, float("inf"))),
        (nn.ReLU, "forward", lambda self, x: GuidedReLU.apply(x, float("inf"))),
        (nn.ReLU6, "forward", lambda self, x: GuidedReLU.apply(x, 6.0)),
    ]
    plain = [getattr(place, name) for place, name, _ in places]
    for place, name, function in places:
        setattr(place, name, function)
    try:
        yield
    finally:
        for (place, name, _), function in zip(places, plain):
            setattr(place, name, function)


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
        if isinstance(module, nn.ReLU6):
            return self.op("Clip", x, self.constant(torch.tensor(0.0)), self.constant(torch.tensor(6.0)))
        if isinstance(module, nn.Softplus):
            return self.op("Softplus", x)
        if isinstance(module, nn.Sigmoid):
            return self.op("Sigmoid", x)
        if isinstance(module, nn.SiLU):
            return self.op("Mul", x, self.op("Sigmoid", x))
        if isinstance(module, nn.LogSoftmax):
            return self.op("LogSoftmax", x, axis=module.dim)
        if isinstance(module, Rest):
            return self.op("Add", x, self.op("LogSoftmax", x, axis=1))
        if isinstance(module, MeanOfTokens):
            return self.op("ReduceMean", x, self.integers([1]), keepdims=0)
        if isinstance(module, Attention):
            return self.attention(module, x)
        raise TypeError(type(module))

    def dense(self, layer, x):
        """On tensors of any rank, which Gemm does not take."""
        y = self.op("MatMul", x, self.constant(layer.weight.T))
        return y if layer.bias is None else self.op("Add", y, self.constant(layer.bias))

    def norm(self, layer, x):
        return self.op("LayerNormalization", x, self.constant(layer.weight), self.constant(layer.bias), epsilon=layer.eps)

    def attention(self, module, x):
        def split(t):
            return self.op("Reshape", t, self.integers([0, 0, module.heads, -1]))

        x = self.op("Transpose", self.op("Reshape", x, self.integers([0, 0, -1])), perm=[0, 2, 1])
        n = self.norm(module.norm1, x)
        q, v = (self.op("Transpose", split(self.dense(part, n)), perm=[0, 2, 1, 3])
                for part in (module.query, module.value))
        k = self.op("Transpose", split(self.dense(module.key, n)), perm=[0, 2, 3, 1])
        depth = torch.tensor((module.query.out_features / module.heads) ** 0.5)
        weights = self.op("Softmax", self.op("Div", self.op("MatMul", q, k), self.constant(depth)), axis=-1)
        mixed = self.op("Transpose", self.op("MatMul", weights, v), perm=[0, 2, 1, 3])
        x = self.op("Add", x, self.dense(module.mix, self.op("Reshape", mixed, self.integers([0, 0, -1]))))
        h = self.dense(module.open, self.norm(module.norm2, x))
        erf = self.op("Erf", self.op("Mul", h, self.constant(torch.tensor(0.5**0.5))))
        half = self.op("Mul", h, self.constant(torch.tensor(0.5)))
        gelu = self.op("Mul", half, self.op("Add", erf, self.constant(torch.tensor(1.0))))
        return self.op("Add", x, self.dense(module.close, gelu))


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
    # Curved all the way: a head of Softplus and Sigmoid, behind a ReLU6.
    "softplus": (
        nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), nn.ReLU6()),
        nn.Sequential(
            nn.Conv2d(6, 6, 3, 1, 1), nn.Softplus(), nn.MaxPool2d(2, 2), nn.Conv2d(6, 4, 2), nn.BatchNorm2d(4), nn.SiLU(),
            nn.Flatten(), nn.Linear(4 * 9, 5), nn.Sigmoid()),
    ),
    # Curved by its last operator only.
    "logsoftmax": (
        nn.Sequential(*conv_relu(3, 6, 2)),
        nn.Sequential(
            *conv_relu(6, 8, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5), nn.LogSoftmax(1)),
    ),
    # A transformer's block, and Shapley-CAM's scores.
    "attention": (
        nn.Sequential(*conv_relu(3, 8, 4)),
        nn.Sequential(Attention(8, 2), MeanOfTokens(), nn.Linear(8, 5), Rest()),
    ),
}


def randomise(module):
    """Weights of a size that keeps numbers near 1; statistics of normalisations that are not 0 and 1."""
    for part in module.modules():
        if isinstance(part, nn.LayerNorm):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.uniform_(part.bias, -0.3, 0.3)
        elif isinstance(part, nn.BatchNorm2d):
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
    return [float(f"{value:.6g}") for value in tensor.detach().flatten().tolist()]


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
        gradients = {c: torch.autograd.grad(y[0, c], activations, create_graph=True)[0] for c in CLASSES}
        along = (gradients[CLASSES[0]] * activations.detach()).sum()
        product = (
            torch.autograd.grad(along, activations, allow_unused=True)[0] if along.requires_grad else None)
        with guided():
            pixels = picture.double().requires_grad_()
            guided_gradient = torch.autograd.grad(head(trunk(pixels))[0, CLASSES[0]], pixels)[0]
        golden = {
            "target": target, "scores": scores, "picture": rounded(picture), "logits": rounded(y),
            "shape": list(activations.shape), "activations": rounded(activations),
            "gradients": {str(c): rounded(g) for c, g in gradients.items()},
            "product": None if product is None or not product.any() else rounded(product),
            "guided": rounded(guided_gradient),
        }
        (HERE / f"{name}.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
