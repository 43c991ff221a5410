"""The net of captum's own tests of Grad-CAM (BasicModel_ConvNet_One_Conv) as ONNX, and what captum computes on it."""

import json

import numpy as np
import onnx
import torch
from captum.attr import GuidedGradCam, LayerGradCam
from onnx import TensorProto, helper, numpy_helper
from torch import nn


class OneConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.relu1 = nn.Conv2d(1, 2, 3), nn.ReLU()
        self.fc1, self.relu2 = nn.Linear(8, 4), nn.ReLU()
        self.conv1.weight = nn.Parameter(torch.ones(2, 1, 3, 3))
        self.conv1.bias = nn.Parameter(torch.tensor([-50.0, -75.0]))
        self.fc1.weight = nn.Parameter(torch.cat([torch.ones(4, 5), -torch.ones(4, 3)], 1))
        self.fc1.bias = nn.Parameter(torch.zeros(4))

    def forward(self, x, other=None):
        x = x if other is None else x + other
        return self.relu2(self.fc1(self.relu1(self.conv1(x)).view(-1, 8)))


def write(folder):
    net = OneConvolution()
    x = torch.arange(16.0).view(1, 1, 4, 4)
    bent = x.clone()
    bent[0, 0, 1, 1] = -4
    goldens = {
        "picture": x, "bentPicture": bent,
        "conv1": LayerGradCam(net, net.conv1).attribute(x, 0),
        "relu1": LayerGradCam(net, net.relu1).attribute(x, 0),
        "perChannel": LayerGradCam(net, net.conv1).attribute(x, 0, attr_dim_summation=False),
        "input": LayerGradCam(net, net.conv1).attribute(bent, 0, attribute_to_layer_input=True),
        "guided": GuidedGradCam(net, net.relu1).attribute(x, 0),
        "sumOfTwo": LayerGradCam(net, net.conv1).attribute((x, torch.ones_like(x)), 0),
    }
    numbers = {name: np.round(value.detach().numpy().ravel().astype(float), 7).tolist() for name, value in goldens.items()}
    (folder / "captum.json").write_text(json.dumps(numbers, separators=(",", ":")) + "\n")

    parts = {"conv_weight": net.conv1.weight, "conv_bias": net.conv1.bias, "fc_weight": net.fc1.weight, "fc_bias": net.fc1.bias}
    weights = [numpy_helper.from_array(part.detach().numpy().copy(), name) for name, part in parts.items()]
    nodes = [
        helper.make_node("Conv", ["picture", "conv_weight", "conv_bias"], ["conv1"], kernel_shape=[3, 3]),
        helper.make_node("Relu", ["conv1"], ["relu1"]),
        helper.make_node("Flatten", ["relu1"], ["flat"]),
        helper.make_node("Gemm", ["flat", "fc_weight", "fc_bias"], ["fc1"], transB=1),
        helper.make_node("Relu", ["fc1"], ["relu2"]),
    ]
    graph = helper.make_graph(
        nodes, "captum", [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 1, 4, 4])],
        [helper.make_tensor_value_info("relu2", TensorProto.FLOAT, [1, 4])], weights)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, folder / "captum.onnx")
