#!/usr/bin/env python3
"""Makes the tiny models in Tests/Fixtures/models: each a form in which a classifier or something else may come.

Needs: pip install onnx==1.23.2 numpy==2.4.6
The classifiers share one trunk and one head, so that tests know their numbers: input [1, 3, 16, 16], a convolution with
stride 2 and a ReLU make `features` [1, 4, 8, 8]; the head has CLASSIFIER and BIAS. All weights are multiples of 1/16,
which are exact in fp16.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent / "models"
FLOAT, HALF, INT64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64

CLASSIFIER = np.array([[1, -1, 0.5, 0], [0, 2, -0.5, 1], [-1, 0, 1, 0.25]], np.float32)
BIAS = np.array([0.5, -0.25, 1], np.float32)
KERNEL = (np.random.default_rng(1).integers(-8, 9, (4, 3, 3, 3)) / 16).astype(np.float32)
KERNEL_BIAS = np.array([0.5, 0.25, 0.125, 0], np.float32)

node = helper.make_node


def constant(name, array):
    return numpy_helper.from_array(np.array(array, order="C"), name)


def value(name, shape, type=FLOAT):
    return helper.make_tensor_value_info(name, type, shape)


IMAGE = value("image", [1, 3, 16, 16])
SCORES = value("scores", [1, 3])


def trunk(image="image", features="features"):
    return [
        node("Conv", [image, "kernel", "kernel_bias"], ["conv"], "conv", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", ["conv"], [features], "relu"),
    ]


def trunk_weights(type=np.float32):
    return [constant("kernel", KERNEL.astype(type)), constant("kernel_bias", KERNEL_BIAS.astype(type))]


def head_weights(type=np.float32):
    return [constant("weight", CLASSIFIER.astype(type)), constant("bias", BIAS.astype(type))]


def pooled():
    return [node("GlobalAveragePool", ["features"], ["pool"], "pool"), node("Flatten", ["pool"], ["flat"], "flatten")]


def gemm(output="scores"):
    return node("Gemm", ["flat", "weight", "bias"], [output], "classifier", transB=1)


def model(nodes, weights, inputs=(IMAGE,), outputs=(SCORES,), opset=13, info=(), domains=()):
    graph = helper.make_graph(nodes, "graph", list(inputs), list(outputs), weights, value_info=list(info))
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, 1) for domain in domains]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def save(name, proto, valid=True):
    if valid:
        onnx.checker.check_model(proto, full_check=True)
    data = proto.SerializeToString(deterministic=True)
    assert len(data) < 20_000, name
    (HERE / f"{name}.onnx").write_bytes(data)


# --- classifiers with a GAP head ---


def gap_gemm():
    proto = model(trunk() + pooled() + [gemm()], trunk_weights() + head_weights())
    # Fields that this program does not declare, at every depth, and metadata.
    proto.producer_name = "fixtures"
    proto.doc_string = "a tiny classifier"
    proto.graph.doc_string = "graph"
    proto.graph.node[0].doc_string = "first"
    proto.graph.node[0].attribute[0].doc_string = "strides"
    proto.graph.initializer[0].doc_string = "weights"
    proto.graph.input[0].doc_string = "picture"
    helper.set_model_props(proto, {"labels": "one,two,three", "mean": "0.5"})
    return proto


def gap_gemm_transb0_alpha():
    """No transB, alpha and beta, a bias [1, 3], and no node has a name."""
    weights = [constant("weight", CLASSIFIER.T * 2), constant("bias", BIAS[None] / 2)]
    nodes = trunk() + pooled() + [node("Gemm", ["flat", "weight", "bias"], ["scores"], alpha=0.5, beta=2.0)]
    for each in nodes:
        each.ClearField("name")
    return model(nodes, trunk_weights() + weights)


def reducemean13_matmul_add():
    """Axes as attribute, no kept dimensions, the bias as the first operand."""
    nodes = trunk() + [
        node("ReduceMean", ["features"], ["pool"], axes=[2, 3], keepdims=0),
        node("MatMul", ["pool", "weight"], ["product"]),
        node("Add", ["bias", "product"], ["scores"]),
    ]
    return model(nodes, trunk_weights() + [constant("weight", CLASSIFIER.T), constant("bias", BIAS)])


def reducemean18_matmul_add():
    """Axes as input, negative, dimensions kept."""
    nodes = trunk() + [
        node("ReduceMean", ["features", "axes"], ["pool"], keepdims=1),
        node("Squeeze", ["pool", "axes"], ["flat"]),
        node("MatMul", ["flat", "weight"], ["product"]),
        node("Add", ["product", "bias"], ["scores"]),
    ]
    weights = [constant("axes", np.array([-2, -1])), constant("weight", CLASSIFIER.T), constant("bias", BIAS[None])]
    return model(nodes, trunk_weights() + weights, opset=18)


def nhwc_reducemean():
    """Channels last, from the picture to the pooling, as TensorFlow's exporters write it."""
    nodes = (
        [node("Transpose", ["image"], ["planar"], perm=[0, 3, 1, 2])]
        + trunk("planar", "planar_features")
        + [
            node("Transpose", ["planar_features"], ["features"], perm=[0, 2, 3, 1]),
            node("ReduceMean", ["features"], ["pool"], axes=[1, 2], keepdims=0),
            node("MatMul", ["pool", "weight"], ["product"]),
            node("Add", ["product", "bias"], ["logits"]),
            node("Softmax", ["logits"], ["scores"]),
        ]
    )
    weights = [constant("weight", CLASSIFIER.T), constant("bias", BIAS)]
    return model(nodes, trunk_weights() + weights, inputs=[value("image", [1, 16, 16, 3])])


def avgpool_conv1x1():
    """Pooling by a window as large as the map, a convolution as the dense layer, scores [1, 3, 1, 1]."""
    nodes = trunk() + [
        node("AveragePool", ["features"], ["pool"], "pool", kernel_shape=[8, 8]),
        node("Conv", ["pool", "weight", "bias"], ["scores"], "classifier", kernel_shape=[1, 1]),
    ]
    weights = [constant("weight", CLASSIFIER[:, :, None, None]), constant("bias", BIAS)]
    return model(nodes, trunk_weights() + weights, outputs=[value("scores", [1, 3, 1, 1])])


def nin_conv_relu_gap_softmax():
    """Network in network: a 1×1 convolution makes a map of each class."""
    nodes = trunk() + [
        node("Conv", ["features", "weight", "bias"], ["class_conv"], "class_conv", kernel_shape=[1, 1]),
        node("Relu", ["class_conv"], ["class_maps"], "class_relu"),
        node("GlobalAveragePool", ["class_maps"], ["pool"], "pool"),
        node("Flatten", ["pool"], ["logits"], "flatten"),
        node("Softmax", ["logits"], ["scores"], "softmax"),
    ]
    weights = [constant("weight", CLASSIFIER[:, :, None, None]), constant("bias", BIAS)]
    return model(nodes, trunk_weights() + weights)


def sigmoid():
    return model(trunk() + pooled() + [gemm("logits"), node("Sigmoid", ["logits"], ["scores"])], trunk_weights() + head_weights())


def fp16():
    return model(
        trunk() + pooled() + [gemm()],
        trunk_weights(np.float16) + head_weights(np.float16),
        inputs=[value("image", [1, 3, 16, 16], HALF)],
        outputs=[value("scores", [1, 3], HALF)],
    )


def dynamic():
    """Any number of pictures of any size."""
    return model(
        trunk() + pooled() + [gemm()],
        trunk_weights() + head_weights(),
        inputs=[value("image", ["N", 3, "H", "W"])],
        outputs=[value("scores", ["N", 3])],
    )


def constants():
    """Weights as Constant nodes, one of them fp16 and one transposed."""
    nodes = [
        node("Constant", [], ["stored"], value=constant("", CLASSIFIER.T.astype(np.float16))),
        node("Cast", ["stored"], ["cast"], to=FLOAT),
        node("Transpose", ["cast"], ["weight"], perm=[1, 0]),
        node("Constant", [], ["bias"], value_floats=[float(x) for x in BIAS]),
    ]
    return model(nodes + trunk() + pooled() + [gemm()], trunk_weights())


def computed_shape():
    """The vector's shape is computed from the map's, as some exporters do."""
    nodes = trunk() + [
        node("GlobalAveragePool", ["features"], ["pool"]),
        node("Shape", ["pool"], ["shape"]),
        node("Constant", [], ["zero"], value=constant("", np.array(0))),
        node("Gather", ["shape", "zero"], ["count"], axis=0),
        node("Unsqueeze", ["count", "axes"], ["counts"]),
        node("Concat", ["counts", "rest"], ["wanted"], axis=0),
        node("Reshape", ["pool", "wanted"], ["flat"]),
        gemm(),
    ]
    shapes = [constant("axes", np.array([0])), constant("rest", np.array([-1]))]
    return model(nodes, trunk_weights() + head_weights() + shapes)


def quantised():
    """Weights in 8 bits with a scale for each class, pooled features rounded to 8 bits."""
    scales = (np.abs(CLASSIFIER).max(axis=1) / 64).astype(np.float32)  # powers of two: the weights stay exact
    stored = np.round(CLASSIFIER / scales[:, None]).astype(np.int8)
    nodes = trunk() + [
        node("DequantizeLinear", ["stored", "scales", "zeros"], ["weight"], axis=0),
        node("GlobalAveragePool", ["features"], ["pool"]),
        node("QuantizeLinear", ["pool", "step", "zero"], ["rounded"]),
        node("DequantizeLinear", ["rounded", "step", "zero"], ["restored"]),
        node("Flatten", ["restored"], ["flat"]),
        gemm(),
    ]
    weights = [
        constant("stored", stored), constant("scales", scales), constant("zeros", np.zeros(3, np.int8)),
        constant("bias", BIAS), constant("step", np.float32(1 / 64)), constant("zero", np.uint8(0)),
    ]  # fmt: skip
    return model(nodes, trunk_weights() + weights)


def logits_and_probabilities():
    nodes = trunk() + pooled() + [gemm("logits"), node("Softmax", ["logits"], ["scores"])]
    return model(nodes, trunk_weights() + head_weights(), outputs=[value("logits", [1, 3]), SCORES])


def subgraph():
    """An If whose branches read tensors of the graph around them."""
    branch = lambda name, op: helper.make_graph([node(op, ["conv"], [f"{name}_map"])], name, [], [value(f"{name}_map", [1, 4, 8, 8])])
    nodes = [
        trunk()[0],
        node("If", ["flag"], ["features"], then_branch=branch("then", "Relu"), else_branch=branch("else", "Abs")),
    ]
    return model(nodes + pooled() + [gemm()], trunk_weights() + head_weights() + [constant("flag", np.array(True))])


def external():
    """Weights in a file of their own, one behind the other with a gap."""
    proto = model(trunk() + pooled() + [gemm()], trunk_weights() + head_weights())
    data = bytearray()
    for tensor in proto.graph.initializer:
        if tensor.name == "bias":
            continue
        data.extend(bytes(-len(data) % 64))
        entries = {"location": "external.bin", "offset": len(data), "length": len(tensor.raw_data)}
        data.extend(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, text in entries.items():
            tensor.external_data.add(key=key, value=str(text))
    (HERE / "external.bin").write_bytes(data)
    return proto


# --- models without one ---


def vgg():
    """Dense layers on the flattened map."""
    nodes = trunk() + [
        node("MaxPool", ["features"], ["pool"], kernel_shape=[4, 4], strides=[4, 4]),
        node("Flatten", ["pool"], ["flat"]),
        node("Gemm", ["flat", "hidden_weight"], ["hidden"]),
        node("Relu", ["hidden"], ["hidden_relu"]),
        node("Gemm", ["hidden_relu", "weight", "bias"], ["scores"], transB=1),
    ]
    return model(nodes, trunk_weights() + head_weights() + [constant("hidden_weight", np.ones((16, 4), np.float32))])


def small_window():
    """A pooling window that is smaller than the map."""
    nodes = trunk() + [
        node("AveragePool", ["features"], ["pool"], kernel_shape=[4, 4], strides=[4, 4]),
        node("Flatten", ["pool"], ["flat"]),
        node("Gemm", ["flat", "wide"], ["scores"]),
    ]
    info = [value("features", [1, 4, 8, 8])]
    return model(nodes, trunk_weights() + [constant("wide", np.ones((16, 3), np.float32))], info=info)


def two_inputs():
    nodes = trunk() + pooled() + [gemm("logits"), node("Add", ["logits", "prior"], ["scores"])]
    return model(nodes, trunk_weights() + head_weights(), inputs=[IMAGE, value("prior", [1, 3])])


def not_an_image():
    return model([gemm()], head_weights(), inputs=[value("flat", [1, 4])])


def four_channels():
    weights = [constant("kernel", np.ones((4, 4, 3, 3), np.float32)), constant("kernel_bias", KERNEL_BIAS)]
    inputs = [value("image", [1, 4, 16, 16])]
    return model(trunk() + pooled() + [gemm()], weights + head_weights(), inputs=inputs)


def segmentation():
    nodes = trunk() + [node("Conv", ["features", "weight"], ["scores"], kernel_shape=[1, 1])]
    weights = [constant("weight", CLASSIFIER[:, :, None, None])]
    return model(nodes, trunk_weights() + weights, outputs=[value("scores", [1, 3, 8, 8])])


def detection():
    """Boxes and scores, two outputs."""
    nodes = trunk() + [
        node("Flatten", ["features"], ["flat"]),
        node("MatMul", ["flat", "box_weight"], ["box_row"]),
        node("Reshape", ["box_row", "box_shape"], ["boxes"]),
        node("MatMul", ["flat", "score_weight"], ["scores"]),
    ]
    weights = [
        constant("box_weight", np.ones((256, 8), np.float32)), constant("box_shape", np.array([1, 2, 4])),
        constant("score_weight", np.ones((256, 2), np.float32)),
    ]  # fmt: skip
    return model(nodes, trunk_weights() + weights, outputs=[value("boxes", [1, 2, 4]), value("scores", [1, 2])])


def label_output():
    nodes = trunk() + pooled() + [gemm("logits"), node("ArgMax", ["logits"], ["scores"], axis=1)]
    return model(nodes, trunk_weights() + head_weights(), outputs=[value("scores", [1, 1], INT64)])


def unknown_operator():
    nodes = trunk() + [node("Wobble", ["features"], ["wobbled"], "wobble", domain="custom")] + pooled() + [gemm()]
    nodes[3].input[0] = "wobbled"
    return model(nodes, trunk_weights() + head_weights(), domains=["custom"])


def opset_missing():
    proto = gap_gemm()
    del proto.opset_import[:]
    return proto


def no_graph():
    proto = gap_gemm()
    proto.ClearField("graph")
    return proto


def no_nodes():
    return model([], head_weights())


def cycle():
    proto = gap_gemm()
    proto.graph.node[0].input[0] = "flat"
    return proto


def missing_tensor():
    proto = gap_gemm()
    proto.graph.node[4].input[1] = "wait"
    return proto


def duplicate_tensor():
    proto = gap_gemm()
    proto.graph.node[1].output[0] = "conv"
    proto.graph.node[2].input[0] = "conv"
    return proto


# --- what exporters write into the metadata ---


def with_metadata(**metadata):
    proto = model(trunk() + pooled() + [gemm()], trunk_weights() + head_weights())
    helper.set_model_props(proto, {key.replace("__", "."): value for key, value in metadata.items()})
    return proto


def metadata_image():
    return with_metadata(Image__BitmapPixelFormat="Bgr8", Image__NominalPixelRange="NominalRange_0_255")


def metadata_ultralytics():
    return with_metadata(
        description="Ultralytics YOLOv8n-cls model", author="Ultralytics", task="classify", stride="1", batch="1",
        imgsz="[16, 16]", names="{0: 'one', 1: \"t'wo\", 2: 'drei\\xdf'}",
    )  # fmt: skip


# --- one score ---


def one_score(tail, shape, pooling=(), weights=()):
    row = [constant("weight", CLASSIFIER[:1]), constant("bias", BIAS[:1])]
    nodes = trunk() + (list(pooling) or pooled() + [gemm("logit")]) + tail
    return model(nodes, trunk_weights() + row + list(weights), outputs=[value("scores", shape)])


def one_logit():
    return one_score([node("Identity", ["logit"], ["scores"])], ["N", 1])


def one_sigmoid():
    return one_score([node("Sigmoid", ["logit"], ["scores"])], [1, 1])


def one_squeezed():
    tail = [node("Squeeze", ["logit", "axis"], ["flat_logit"]), node("Sigmoid", ["flat_logit"], ["scores"])]
    return one_score(tail, ["N"], weights=[constant("axis", np.array([1]))])


def one_scalar():
    tail = [node("Reshape", ["logit", "shape"], ["scores"])]
    return one_score(tail, [1], weights=[constant("shape", np.array([1]))])


def one_map():
    """[N, 1, 1, 1]: a class map of its own, averaged."""
    kernel = [constant("map_weight", CLASSIFIER[:1, :, None, None]), constant("map_bias", BIAS[:1])]
    pooling = [
        node("Conv", ["features", "map_weight", "map_bias"], ["class_map"], "class_map"),
        node("GlobalAveragePool", ["class_map"], ["logit"], "pool"),
    ]
    proto = one_score([node("Sigmoid", ["logit"], ["scores"])], ["N", 1, 1, 1], pooling, kernel)
    del proto.graph.initializer[2:4]
    return proto


def unbatched():
    tail = [node("Squeeze", ["logits", "axis"], ["scores"])]
    weights = trunk_weights() + head_weights() + [constant("axis", np.array([0]))]
    return model(trunk() + pooled() + [gemm("logits")] + tail, weights, outputs=[value("scores", [3])])


def middle_axis():
    tail = [node("Unsqueeze", ["logits", "axis"], ["row"]), node("Softmax", ["row"], ["scores"], axis=2)]
    weights = trunk_weights() + head_weights() + [constant("axis", np.array([1]))]
    return model(trunk() + pooled() + [gemm("logits")] + tail, weights, outputs=[value("scores", ["N", 1, 3])])


# --- several outputs ---


def several(tail, outputs, weights=()):
    nodes = trunk() + pooled() + [gemm("logits")] + tail
    return model(nodes, trunk_weights() + head_weights() + list(weights), outputs=outputs)


def embedding_first():
    return several([], [value("flat", ["N", 4]), value("logits", ["N", 3])])


def two_heads():
    """Age and gender: neither is likelier than the other."""
    second = [node("Gemm", ["flat", "second_weight"], ["gender"], "second", transB=1)]
    weights = [constant("second_weight", CLASSIFIER[:2] * 2)]
    return several(second, [value("logits", [1, 3]), value("gender", [1, 2])], weights)


def auxiliary_head():
    """As GoogLeNet in training: a head with as many classes that branches off earlier, named first."""
    nodes = [
        node("Conv", ["image", "kernel", "kernel_bias"], ["conv"], "conv", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", ["conv"], ["early"], "relu"),
        node("GlobalAveragePool", ["early"], ["early_pool"]),
        node("Flatten", ["early_pool"], ["early_flat"]),
        node("Gemm", ["early_flat", "weight", "bias"], ["auxiliary"], transB=1),
        node("Conv", ["early", "square"], ["late"], "late"),
        node("Relu", ["late"], ["features"], "late_relu"),
    ] + pooled() + [gemm()]  # fmt: skip
    square = constant("square", np.eye(4, dtype=np.float32)[:, :, None, None])
    outputs = [value("auxiliary", [1, 3]), SCORES]
    return model(nodes, trunk_weights() + head_weights() + [square], outputs=outputs)


# --- post-processing in the graph ---

NAMES = ["red", "green", "blue"]


def zipmap():
    tail = [
        node("Softmax", ["logits"], ["probabilities"], axis=1),
        node("ArgMax", ["probabilities"], ["number"], axis=1, keepdims=0),
        node("LabelEncoder", ["number"], ["classLabel"], domain="ai.onnx.ml", keys_int64s=[2, 0, 1],
             values_strings=["blue", "red", "green"], default_string="?"),
        node("ZipMap", ["probabilities"], ["loss"], domain="ai.onnx.ml", classlabels_strings=NAMES),
    ]  # fmt: skip
    kind = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(FLOAT, []))
    loss = helper.make_value_info("loss", helper.make_sequence_type_proto(kind))
    proto = several(tail, [value("classLabel", [1], TensorProto.STRING), loss])
    proto.opset_import.append(helper.make_opsetid("ai.onnx.ml", 2))
    return proto


def topk():
    tail = [
        node("Softmax", ["logits"], ["probabilities"], axis=1),
        node("TopK", ["probabilities", "k"], ["values", "numbers"], axis=1),
    ]
    outputs = [value("values", [1, 2]), value("numbers", [1, 2], INT64)]
    return several(tail, outputs, [constant("k", np.array([2]))])


def threshold():
    """One score, and whether it is above a half."""
    tail = [
        node("Sigmoid", ["logit"], ["probability"]),
        node("Greater", ["probability", "half"], ["is_so"]),
        node("Cast", ["is_so"], ["scores"], to=INT64),
    ]
    proto = one_score(tail, [1, 1], weights=[constant("half", np.array(0.5, np.float32))])
    proto.graph.output[0].type.tensor_type.elem_type = INT64
    return proto


VALID = [
    gap_gemm, gap_gemm_transb0_alpha, reducemean13_matmul_add, reducemean18_matmul_add, nhwc_reducemean,
    avgpool_conv1x1, nin_conv_relu_gap_softmax, sigmoid, fp16, dynamic, constants, computed_shape, quantised,
    logits_and_probabilities, subgraph, vgg, small_window, two_inputs, not_an_image, four_channels, segmentation,
    detection, label_output, unknown_operator, metadata_image, metadata_ultralytics, one_logit, one_sigmoid,
    one_squeezed, one_scalar, one_map, unbatched, middle_axis, embedding_first, two_heads, auxiliary_head, zipmap,
    topk, threshold,
]  # fmt: skip
INVALID = [external, opset_missing, no_graph, no_nodes, cycle, missing_tensor, duplicate_tensor]

if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for make in VALID:
        save(make.__name__, make())
    for make in INVALID:  # the checker refuses these, or wants a path
        save(make.__name__, make(), valid=False)
    for path in ["gap_gemm", "external"]:
        onnx.checker.check_model(str(HERE / f"{path}.onnx"), full_check=True)
