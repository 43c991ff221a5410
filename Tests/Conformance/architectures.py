"""torchvision's architectures with random weights: as deep as published, narrower where that keeps the files small."""

from functools import partial

import torch
from torch import nn
from torchvision import models
from torchvision.models.convnext import CNBlockConfig

CLASSES = 10


def vgg16():
    widths = [16, 16, "M", 32, 32, "M", 64, 64, 64, "M", 128, 128, 128, "M", 128, 128, 128, "M"]
    net = models.VGG(models.vgg.make_layers(widths), num_classes=CLASSES)
    net.classifier = nn.Sequential(
        nn.Linear(128 * 49, 256), nn.ReLU(), nn.Dropout(), nn.Linear(256, 256), nn.ReLU(), nn.Dropout(),
        nn.Linear(256, CLASSES))
    return net


def resnet50():
    return models.ResNet(models.resnet.Bottleneck, [3, 4, 6, 3], num_classes=CLASSES, width_per_group=16)


def convnext():
    blocks = [CNBlockConfig(24, 48, 3), CNBlockConfig(48, 96, 3), CNBlockConfig(96, 192, 9), CNBlockConfig(192, None, 3)]
    # Published nets start with a scale of 1e-6, which would leave the blocks without an effect.
    return models.ConvNeXt(blocks, layer_scale=0.5, num_classes=CLASSES)


def vit():
    net = models.VisionTransformer(
        image_size=64, patch_size=16, num_layers=6, num_heads=4, hidden_dim=96, mlp_dim=192, num_classes=CLASSES)
    # torchvision begins with zeros here: all scores would be 0.
    nn.init.normal_(net.heads.head.weight, std=0.1)
    return net


def swin(block=None, downsample=None):
    more = {} if block is None else {"block": block, "downsample_layer": downsample}
    return models.SwinTransformer(
        patch_size=[4, 4], embed_dim=24, depths=[2, 2, 6, 2], num_heads=[1, 2, 4, 8], window_size=[4, 4],
        num_classes=CLASSES, **more)


def swin_v2():
    return swin(models.swin_transformer.SwinTransformerBlockV2, models.swin_transformer.PatchMergingV2)


# Name in the table: (makes the net, width and height of its input in pixels).
ARCHITECTURES = {
    "VGG-16": (vgg16, 224),
    "ResNet-18": (partial(models.resnet18, num_classes=CLASSES), 96),
    "ResNet-50": (resnet50, 96),
    "DenseNet-121": (partial(models.DenseNet, 8, (6, 12, 24, 16), 16, num_classes=CLASSES), 96),
    "SqueezeNet 1.1": (partial(models.squeezenet1_1, num_classes=CLASSES), 96),
    "MobileNetV2": (partial(models.mobilenet_v2, width_mult=0.5, num_classes=CLASSES), 96),
    "MobileNetV3": (partial(models.mobilenet_v3_large, width_mult=0.5, num_classes=CLASSES), 96),
    "EfficientNet-B0": (partial(models.efficientnet_b0, num_classes=CLASSES), 96),
    "ShuffleNetV2": (partial(models.shufflenet_v2_x0_5, num_classes=CLASSES), 96),
    "GoogLeNet": (partial(models.googlenet, num_classes=CLASSES, aux_logits=False, init_weights=False), 96),
    "Inception-v3": (partial(models.inception_v3, num_classes=CLASSES, aux_logits=False, init_weights=False), 107),
    "RegNetX": (partial(models.regnet_x_400mf, num_classes=CLASSES), 96),
    "RegNetY": (partial(models.regnet_y_400mf, num_classes=CLASSES), 96),
    "ConvNeXt": (convnext, 96),
    "MNASNet": (partial(models.mnasnet0_5, num_classes=CLASSES), 96),
    "ViT": (vit, 64),
    "Swin": (swin, 128),
    "SwinV2": (swin_v2, 128),
}


def make(name):
    """The net, ready to explain, and a picture, 8-bit RGB [size, size, 3].

    Normalisations get the statistics of random pictures, so that numbers neither vanish nor grow from block to block.
    """
    build, size = ARCHITECTURES[name]
    torch.manual_seed(sum(name.encode()))
    net = build()
    for part in net.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = 1
        # What is recorded must not be overwritten.
        if hasattr(part, "inplace"):
            part.inplace = False
    net.train()
    with torch.no_grad():
        net(torch.randn(8, 3, size, size))
    return net.eval(), torch.randint(0, 256, (size, size, 3), dtype=torch.uint8)


CARD = "input: {color: RGB, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}\n"


def normalised(pixels):
    """As CARD has it: Float [1, 3, size, size]."""
    return ((pixels.float() / 255 - 0.5) / 0.25).permute(2, 0, 1)[None]
