"""The student: a small residual network, fully convolutional up to global average pooling and one dense layer."""

import torch
from torch import nn

STRIDE = 16  # pixels of the input for each cell of the last feature map


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al., 2015, figure 2; shortcut as ResNet-D: He T. et al., 2018)."""

    def __init__(self, width_in, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        nn.init.zeros_(self.norm2.weight)
        self.shortcut = nn.Identity()
        if stride > 1 or width_in != width:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride), nn.Conv2d(width_in, width, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class Student(nn.Module):
    """`features` gives [n, 256, size / 16, size / 16]; the class map of class c is features weighted with row c of `dense`."""

    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Conv2d(32, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            Block(64, 64, 1),
            Block(64, 128, 2), Block(128, 128, 1),
            Block(128, 256, 2), Block(256, 256, 1))
        self.width = 256
        self.dense = nn.Linear(self.width, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        return self.dense(self.features(x).mean(dim=(2, 3)))


def normalise(pictures):
    """uint8 [n, size, size, 3] to the network's input, [n, 3, size, size]: x / 127.5 - 1."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1
