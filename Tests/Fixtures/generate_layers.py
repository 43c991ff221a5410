#!/usr/bin/env python3
"""Makes Tests/Fixtures/layers: tiny nets of families whose maps are not [1, channels, height, width], random weights.

Needs: pip install torch==2.15.0 torchvision==0.29.2 timm==1.0.31 onnx==1.23.2 onnxscript==0.7.2
The pictures are not square (32 high, 48 wide; Swin and ConvNeXt 64 by 96), so that height and width cannot be mistaken.
NAME.onnx is PyTorch's newer export (operator set 18) with the shapes of all tensors in it; NAME_11.onnx the older one
(operator set 11), which writes LayerNormalization out.
"""

import warnings
from pathlib import Path

import onnx
import timm
import torch
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.swin_transformer import SwinTransformer

HERE = Path(__file__).parent / "layers"
TINY = dict(img_size=(32, 48), patch_size=8, embed_dim=8, depth=2, num_heads=2, mlp_ratio=2, num_classes=4)
ViT = timm.models.vision_transformer.VisionTransformer
Distilled = timm.models.deit.VisionTransformerDistilled


def nets():
    yield "vit", ViT(**TINY), (32, 48)
    yield "vit_registers", ViT(**TINY, reg_tokens=4), (32, 48)
    yield "vit_distilled", Distilled(**TINY), (32, 48)
    yield "vit_pooled", ViT(**TINY, global_pool="avg", class_token=False, fc_norm=False), (32, 48)
    yield "vit_pooled_behind_class_token", ViT(**TINY, global_pool="avg"), (32, 48)
    yield "swin", SwinTransformer([4, 4], 8, [2, 2], [1, 2], [4, 4], mlp_ratio=2, num_classes=4), (64, 96)
    yield "convnext", ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 1)], num_classes=4), (64, 96)


def main():
    warnings.filterwarnings("ignore")
    HERE.mkdir(exist_ok=True)
    timm.layers.set_fused_attn(False)  # operator set 11 has no attention operator's parts
    for name, net, size in nets():
        torch.manual_seed(1)
        for parameter in net.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
        picture = torch.randn(1, 3, *size)
        net.eval()
        path = HERE / f"{name}.onnx"
        torch.onnx.export(
            net, (picture,), path, dynamo=True, opset_version=18, external_data=False, verbose=False,
            input_names=["image"], output_names=["scores"])
        model = onnx.load(path)
        for node in model.graph.node:
            del node.metadata_props[:]
        onnx.save(onnx.shape_inference.infer_shapes(model, data_prop=True), path)
        if name in ("vit", "vit_registers"):
            torch.onnx.export(
                net, (picture,), HERE / f"{name}_11.onnx", dynamo=False, opset_version=11, input_names=["image"],
                output_names=["scores"])


if __name__ == "__main__":
    main()
