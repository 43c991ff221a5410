"""Small classifiers with random weights, as PyTorch modules and as ONNX, written operator by operator."""

import sys
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper
from torch import nn

sys.path.insert(0, str(Path(__file__).parent.parent))
from generate_gradients import Writer, conv_relu, randomise  # noqa: E402

# Not square, so that nobody confuses the axes.
HEIGHT, WIDTH = 12, 16
SCORES = 5


class Excited(nn.Module):
    """A convolution with SiLU and squeeze-excitation beside a way around it (EfficientNet: Tan and Le 2019)."""

    def __init__(self, channels):
        super().__init__()
        self.conv, self.norm, self.act = nn.Conv2d(channels, channels, 3, 1, 1), nn.BatchNorm2d(channels), nn.SiLU()
        self.pool, self.down, self.inner = nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, 3, 1), nn.SiLU()
        self.up, self.gate = nn.Conv2d(3, channels, 1), nn.Sigmoid()

    def forward(self, x):
        y = self.act(self.norm(self.conv(x)))
        return x + y * self.gate(self.up(self.inner(self.down(self.pool(y)))))


class Patches(nn.Module):
    """Pictures to tokens: a class token, then the patches row by row, with positions added (Dosovitskiy et al. 2020)."""

    def __init__(self, width, size):
        super().__init__()
        self.conv = nn.Conv2d(3, width, size, size)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, 1 + HEIGHT // size * (WIDTH // size), width) * 0.5)

    def forward(self, x):
        patches = self.conv(x).flatten(2).transpose(1, 2)
        return torch.cat([self.token.expand(len(x), -1, -1), patches], 1) + self.positions


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv, self.out, self.heads = nn.Linear(width, 3 * width), nn.Linear(width, width), heads

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = (q * (width // self.heads) ** -0.5 @ k.transpose(2, 3)).softmax(-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(batch, tokens, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attention, self.norm2 = nn.LayerNorm(width), Attention(width, heads), nn.LayerNorm(width)
        self.wide, self.act, self.narrow = nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.narrow(self.act(self.wide(self.norm2(x))))


class ClassToken(nn.Module):
    def forward(self, x):
        return x[:, 0]


def tokens_to_grid(tokens):
    """[batch, 1 + patches, width] -> [batch, width, rows, columns]; the class token is left out."""
    return tokens[:, 1:].reshape(len(tokens), HEIGHT // 4, WIDTH // 4, -1).permute(0, 3, 1, 2)


def gap():
    net = nn.Sequential(
        *conv_relu(3, 6, 2), *conv_relu(6, 8, 2), *conv_relu(8, 8), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8, SCORES))
    return net, {"last": net[5], "early": net[1]}


def vgg():
    net = nn.Sequential(
        *conv_relu(3, 4, 2), *conv_relu(4, 6), *conv_relu(6, 6), nn.MaxPool2d(2, 2), nn.Flatten(),
        nn.Linear(6 * 3 * 4, 12), nn.ReLU(), nn.Linear(12, SCORES))
    return net, {"last": net[5]}


def squeeze():
    """Class maps, rectified, then pooled; the layer `early` is what the class convolution reads."""
    net = nn.Sequential(
        *conv_relu(3, 6, 2), *conv_relu(6, 8, 2), nn.Conv2d(8, SCORES, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten())
    return net, {"last": net[5], "early": net[3]}


def silu():
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.SiLU(), nn.MaxPool2d(2, 2), Excited(8), nn.Conv2d(8, 10, 1),
        nn.BatchNorm2d(10), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(10, SCORES))
    return net, {"last": net[7], "early": net[3]}


def vit():
    net = nn.Sequential(
        Patches(12, 4), Block(12, 2), Block(12, 2), nn.LayerNorm(12), ClassToken(), nn.Linear(12, SCORES))
    return net, {"last": net[2].norm1}


NETS = {"gap": gap, "vgg": vgg, "squeeze": squeeze, "silu": silu, "vit": vit}


class NetWriter(Writer):
    """Remembers what each module's output is called."""

    def __init__(self):
        super().__init__()
        self.outputs = {}

    def write(self, module, x):
        self.outputs[module] = y = self.operators(module, x)
        return y

    def operators(self, module, x):
        if isinstance(module, nn.SiLU):
            return self.op("Mul", x, self.op("Sigmoid", x))
        if isinstance(module, nn.Sigmoid):
            return self.op("Sigmoid", x)
        if isinstance(module, Excited):
            y = self.write(nn.Sequential(module.conv, module.norm, module.act), x)
            gate = nn.Sequential(module.pool, module.down, module.inner, module.up, module.gate)
            return self.op("Add", x, self.op("Mul", y, self.write(gate, y)))
        if isinstance(module, nn.LayerNorm):
            return self.op(
                "LayerNormalization", x, self.constant(module.weight), self.constant(module.bias), axis=-1,
                epsilon=module.eps)
        if isinstance(module, nn.GELU):
            half = self.op("Mul", x, self.constant(torch.tensor(0.5)))
            ratio = self.op("Div", x, self.constant(torch.tensor(2**0.5)))
            return self.op("Mul", half, self.op("Add", self.op("Erf", ratio), self.constant(torch.tensor(1.0))))
        if isinstance(module, Patches):
            flat = self.op("Reshape", self.write(module.conv, x), self.integers([1, module.token.shape[2], -1]))
            tokens = self.op("Concat", self.constant(module.token), self.op("Transpose", flat, perm=[0, 2, 1]), axis=1)
            return self.op("Add", tokens, self.constant(module.positions))
        if isinstance(module, Block):
            x = self.op("Add", x, self.write(nn.Sequential(module.norm1, module.attention), x))
            inner = nn.Sequential(module.norm2, Dense(module.wide), module.act, Dense(module.narrow))
            return self.op("Add", x, self.write(inner, x))
        if isinstance(module, Attention):
            return self.attention(module, x)
        if isinstance(module, ClassToken):
            return self.op("Gather", x, self.constant_integer(0), axis=1)
        if isinstance(module, Dense):
            return self.op("Add", self.op("MatMul", x, self.constant(module.inner.weight.T)), self.constant(module.inner.bias))
        return super().write(module, x)

    def constant_integer(self, value):
        name = self.name("integer")
        self.weights.append(helper.make_tensor(name, TensorProto.INT64, [], [value]))
        return name

    def attention(self, module, x):
        width = module.out.in_features
        size = width // module.heads
        parts = self.op("Reshape", self.write(Dense(module.qkv), x), self.integers([1, -1, 3, module.heads, size]))
        parts = self.op("Transpose", parts, perm=[2, 0, 3, 1, 4])
        q, k, v = (self.op("Gather", parts, self.constant_integer(i), axis=0) for i in range(3))
        scaled = self.op("Mul", q, self.constant(torch.tensor(size**-0.5)))
        weights = self.op("Softmax", self.op("MatMul", scaled, self.op("Transpose", k, perm=[0, 1, 3, 2])), axis=-1)
        mixed = self.op("Transpose", self.op("MatMul", weights, v), perm=[0, 2, 1, 3])
        return self.write(Dense(module.out), self.op("Reshape", mixed, self.integers([1, -1, width])))


class Dense(nn.Module):
    """A dense layer of tokens, which Gemm cannot be."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner


def make(name):
    """The net, its target modules by name, and a picture, 8-bit RGB [HEIGHT, WIDTH, 3]."""
    torch.manual_seed(sum(name.encode()))
    net, targets = NETS[name]()
    randomise(net)
    for part in net.modules():
        if isinstance(part, nn.LayerNorm):
            nn.init.uniform_(part.weight, 0.5, 1.5), nn.init.uniform_(part.bias, -0.3, 0.3)
        elif isinstance(part, Attention):
            # The class token looks at all others rather than at itself, so that single ones show in the scores.
            with torch.no_grad():
                part.qkv.weight *= 0.5
                part.out.weight *= 8
    return net.eval(), targets, torch.randint(0, 256, (HEIGHT, WIDTH, 3))


def normalised(pixels):
    """As the nets read pictures: Double [1, 3, HEIGHT, WIDTH], mean 0.5, standard deviation 0.25."""
    return ((pixels.double() / 255 - 0.5) / 0.25).permute(2, 0, 1)[None]


def write(net, name, path):
    """Writes the ONNX file, opset 18; returns its scores' name and a function from a module to its output's name."""
    writer = NetWriter()
    scores = writer.write(net, "picture")
    graph = helper.make_graph(
        writer.nodes, name, [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info(scores, TensorProto.FLOAT, [1, SCORES])], writer.weights)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, path)
    return scores, writer.outputs.get
