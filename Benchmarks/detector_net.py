"""YOLOX-Nano with random weights, in PyTorch: what pytorch-grad-cam is given, and, exported, the program.

Ge et al. 2021, arXiv:2107.08430: depth 0.33, width 0.25, depthwise convolutions. Needs: pip install torch onnx
"""

import torch
from torch import nn
from torch.nn import functional


def conv(inputs, outputs, size=1, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.SiLU())


def separable(inputs, outputs, size=3, stride=1):
    return nn.Sequential(conv(inputs, inputs, size, stride, groups=inputs), conv(inputs, outputs))


class Bottleneck(nn.Module):
    def __init__(self, channels, adds):
        super().__init__()
        self.body, self.adds = nn.Sequential(conv(channels, channels), separable(channels, channels)), adds

    def forward(self, x):
        return self.body(x) + x if self.adds else self.body(x)


class Stage(nn.Module):
    """A cross-stage partial layer."""

    def __init__(self, inputs, outputs, count, adds=True):
        super().__init__()
        half = outputs // 2
        self.left, self.right, self.both = conv(inputs, half), conv(inputs, half), conv(outputs, outputs)
        self.body = nn.Sequential(*(Bottleneck(half, adds) for _ in range(count)))

    def forward(self, x):
        return self.both(torch.cat([self.body(self.left(x)), self.right(x)], 1))


class Pyramid(nn.Module):
    """Spatial pyramid pooling."""

    def __init__(self, channels):
        super().__init__()
        self.before, self.after = conv(channels, channels // 2), conv(channels * 2, channels)

    def forward(self, x):
        x = self.before(x)
        return self.after(torch.cat([x] + [functional.max_pool2d(x, size, 1, size // 2) for size in (5, 9, 13)], 1))


class Head(nn.Module):
    def __init__(self, inputs, classes):
        super().__init__()
        self.stem = conv(inputs, 64)
        self.kinds = nn.Sequential(separable(64, 64), separable(64, 64))
        self.places = nn.Sequential(separable(64, 64), separable(64, 64))
        self.kind, self.box, self.there = nn.Conv2d(64, classes, 1), nn.Conv2d(64, 4, 1), nn.Conv2d(64, 1, 1)

    def forward(self, x):
        x = self.stem(x)
        places = self.places(x)
        return self.box(places), self.there(places), self.kind(self.kinds(x))


class Net(nn.Module):
    """From [1, 3, 416, 416] to logits of classes [1, 3549, 80]; with `tells_boxes` to what YOLOX's own export has."""

    SIDE = 416

    def __init__(self, classes=80):
        super().__init__()
        self.stem = conv(12, 16, 3)
        self.dark2 = nn.Sequential(separable(16, 32, stride=2), Stage(32, 32, 1))
        self.dark3 = nn.Sequential(separable(32, 64, stride=2), Stage(64, 64, 3))
        self.dark4 = nn.Sequential(separable(64, 128, stride=2), Stage(128, 128, 3))
        self.dark5 = nn.Sequential(separable(128, 256, stride=2), Pyramid(256), Stage(256, 256, 1, adds=False))
        self.lateral, self.reduce = conv(256, 128), conv(128, 64)
        self.up4, self.level3 = Stage(256, 128, 1, adds=False), Stage(128, 64, 1, adds=False)
        self.down3, self.level4 = separable(64, 64, stride=2), Stage(128, 128, 1, adds=False)
        self.down4, self.level5 = separable(128, 128, stride=2), Stage(256, 256, 1, adds=False)
        self.heads = nn.ModuleList(Head(channels, classes) for channels in (64, 128, 256))
        self.tells_boxes = False

    @property
    def levels(self):
        """The layers that the heads read."""
        return [self.level3, self.level4, self.level5]

    def forward(self, x):
        x = torch.cat([x[..., row::2, column::2] for column in (0, 1) for row in (0, 1)], 1)
        three = self.dark3(self.dark2(self.stem(x)))
        four = self.dark4(three)
        five = self.lateral(self.dark5(four))
        middle = self.reduce(self.up4(torch.cat([functional.interpolate(five, scale_factor=2.0), four], 1)))
        fine = self.level3(torch.cat([functional.interpolate(middle, scale_factor=2.0), three], 1))
        medium = self.level4(torch.cat([self.down3(fine), middle], 1))
        coarse = self.level5(torch.cat([self.down4(medium), five], 1))
        told = [head(level) for head, level in zip(self.heads, (fine, medium, coarse))]
        if not self.tells_boxes:
            return torch.cat([kinds.flatten(2) for _, _, kinds in told], 2).transpose(1, 2)
        rows = [torch.cat([box, there.sigmoid(), kinds.sigmoid()], 1).flatten(2) for box, there, kinds in told]
        return torch.cat(rows, 2).transpose(1, 2)


def random_net(seed=7):
    """The same for the same seed. Batch norms have seen pictures, so that no activation dies out or explodes."""
    torch.manual_seed(seed)
    net = Net()
    with torch.no_grad():
        net.train()
        for _ in range(8):
            net(torch.rand(2, 3, Net.SIDE, Net.SIDE) * 255)
    return net.eval()


def export(net, path):
    net.tells_boxes = True
    torch.onnx.export(
        net, torch.zeros(1, 3, Net.SIDE, Net.SIDE), str(path), input_names=["images"], output_names=["output"],
        opset_version=13, dynamo=False)
    net.tells_boxes = False
