#!/usr/bin/env python3
"""Makes the tiny vision transformers in Tests/Fixtures/fused: one network, spelled out in plain operators and with the
fused operators that exporters and onnxruntime's transformer optimiser write.

Needs: pip install onnx==1.23.2 numpy==2.4.6 onnxruntime==1.32.0
All twins have the same weights and the same tensor names outside of what is fused, and give the same scores (checked).
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent / "fused"
WIDTH, HEADS, HIDDEN, TOKENS, CLASSES = 8, 2, 16, 17, 3
HEAD = WIDTH // HEADS
MICROSOFT = "com.microsoft"


class Writer:
    def __init__(self, opset, half=False):
        self.random = np.random.default_rng(7)
        self.opset, self.nodes, self.weights = opset, [], []
        self.type = np.float16 if half else np.float32

    def constant(self, name, array):
        self.weights.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def weight(self, name, *shape, spread=0.5):
        """Multiples of 1/64, so that they are exact in fp16, too."""
        values = np.round(self.random.normal(0, spread, shape) * 64) / 64
        return values.astype(self.type)

    def add(self, op, inputs, output, domain="", **attributes):
        outputs = [output] if isinstance(output, str) else output
        self.nodes.append(helper.make_node(op, inputs, outputs, outputs[0], domain=domain, **attributes))
        return outputs[0]


def vit(opset=17, attention="plain", gelu="plain", norm="plain", matmul="plain"):
    w = Writer(opset)

    def heads(tensor, name):
        split = w.add("Reshape", [tensor, w.constant(f"{name}/shape", np.array([1, -1, HEADS, HEAD]))], f"{name}/split")
        return w.add("Transpose", [split], f"{name}/heads", perm=[0, 2, 1, 3])

    def attend(x, n):
        weights = [w.weight("", WIDTH, WIDTH) for _ in range(3)]
        biases = [w.weight("", WIDTH) for _ in range(3)]
        mask = w.weight("", 1, 1, TOKENS, TOKENS)
        out = f"{n}/attended"
        if attention == "microsoft":
            names = [
                w.constant(f"{n}/qkv/weight", np.concatenate(weights, 1)),
                w.constant(f"{n}/qkv/bias", np.concatenate(biases)),
            ]
            mask = w.constant(f"{n}/mask", np.broadcast_to(mask, (1, HEADS, TOKENS, TOKENS)))
            return w.add("Attention", [x, *names, "", "", mask], out, MICROSOFT, num_heads=HEADS)
        q, k, v = (
            w.add("MatMul", [x, w.constant(f"{n}/{p}/weight", weights[i])], f"{n}/{p}/product")
            for i, p in enumerate("qkv")
        )
        mask = w.constant(f"{n}/mask", mask)
        if attention == "multihead":
            bias = w.constant(f"{n}/qkv/bias", np.concatenate(biases))
            return w.add("MultiHeadAttention", [q, k, v, bias, "", mask], out, MICROSOFT, num_heads=HEADS)
        q, k, v = (
            w.add("Add", [t, w.constant(f"{n}/{p}/bias", biases[i])], f"{n}/{p}")
            for i, (t, p) in enumerate(zip((q, k, v), "qkv"))
        )
        if attention == "onnx3d":
            return w.add("Attention", [q, k, v, mask], out, q_num_heads=HEADS, kv_num_heads=HEADS)
        q, v = heads(q, f"{n}/q"), heads(v, f"{n}/v")
        k = heads(k, f"{n}/k")
        if attention == "onnx4d":
            y = w.add("Attention", [q, k, v, mask], f"{n}/mixed", scale=HEAD**-0.5)
        else:
            if matmul == "fused":
                scores = w.add("FusedMatMul", [q, k], f"{n}/scaled", MICROSOFT, alpha=HEAD**-0.5, transB=1)
            else:
                k = w.add("Transpose", [k], f"{n}/k/turned", perm=[0, 1, 3, 2])
                scores = w.add("MatMul", [q, k], f"{n}/scores")
                scale = w.constant(f"{n}/scale", np.array(HEAD**-0.5, w.type))
                scores = w.add("Mul", [scores, scale], f"{n}/scaled")
            scores = w.add("Add", [scores, mask], f"{n}/masked")
            y = w.add("MatMul", [w.add("Softmax", [scores], f"{n}/shares", axis=-1), v], f"{n}/mixed")
        y = w.add("Transpose", [y], f"{n}/mixed/turned", perm=[0, 2, 1, 3])
        return w.add("Reshape", [y, w.constant(f"{n}/shape", np.array([1, -1, WIDTH]))], out)

    def activate(x, n):
        bias = w.constant(f"{n}/bias", w.weight("", HIDDEN))
        if gelu == "bias":
            return w.add("BiasGelu", [x, bias], f"{n}/active", MICROSOFT)
        x = w.add("Add", [x, bias], f"{n}/sum")
        if gelu == "microsoft":
            return w.add("Gelu", [x], f"{n}/active", MICROSOFT)
        if gelu == "quick":
            return w.add("QuickGelu", [x], f"{n}/active", MICROSOFT, alpha=1.702)
        if gelu == "quick-plain":
            scaled = w.add("Mul", [x, w.constant(f"{n}/alpha", np.array(1.702, w.type))], f"{n}/scaled")
            return w.add("Mul", [x, w.add("Sigmoid", [scaled], f"{n}/gate")], f"{n}/active")
        if gelu == "fast":
            return w.add("FastGelu", [x], f"{n}/active", MICROSOFT)
        one, half = w.constant(f"{n}/one", np.array(1, w.type)), w.constant(f"{n}/half", np.array(0.5, w.type))
        if gelu == "fast-plain":
            cubed = w.add("Mul", [w.add("Mul", [x, x], f"{n}/squared"), x], f"{n}/cubed")
            part = w.add("Mul", [cubed, w.constant(f"{n}/a", np.array(0.044715, w.type))], f"{n}/part")
            inner = w.add("Add", [x, part], f"{n}/inner")
            scale = w.constant(f"{n}/b", np.array(np.sqrt(2 / np.pi), w.type))
            gate = w.add("Tanh", [w.add("Mul", [inner, scale], f"{n}/inner/scaled")], f"{n}/gate")
        else:
            root = w.constant(f"{n}/root", np.array(np.sqrt(2), w.type))
            gate = w.add("Erf", [w.add("Div", [x, root], f"{n}/divided")], f"{n}/gate")
        whole = w.add("Mul", [x, w.add("Add", [gate, one], f"{n}/gate/raised")], f"{n}/whole")
        return w.add("Mul", [whole, half], f"{n}/active")

    def normalise(a, b, n, bias=None):
        """The sum of a and b, and its normalisation."""
        scale = w.constant(f"{n}/scale", 1 + w.weight("", WIDTH, spread=0.1))
        shift = w.constant(f"{n}/shift", w.weight("", WIDTH, spread=0.1))
        if norm == "skip":
            out = [f"{n}/normal", "", "", f"{n}/sum"]
            w.add("SkipLayerNormalization", [a, b, scale, shift], out, MICROSOFT, epsilon=1e-5)
        else:
            w.add("Add", [a, b], f"{n}/sum")
            w.add("LayerNormalization", [f"{n}/sum", scale, shift], f"{n}/normal", epsilon=1e-5)
        return f"{n}/sum", f"{n}/normal"

    def dense(x, n, a, b):
        return w.add("MatMul", [x, w.constant(f"{n}/weight", w.weight("", a, b))], n)

    kernel = w.constant("patch/weight", w.weight("", WIDTH, 3, 4, 4, spread=0.3))
    patches = w.add("Conv", ["image", kernel], "patches", strides=[4, 4])
    x = w.add("Reshape", [patches, w.constant("patch/shape", np.array([1, WIDTH, -1]))], "patches/flat")
    x = w.add("Transpose", [x], "patches/turned", perm=[0, 2, 1])
    x = w.add("Concat", [w.constant("class", w.weight("", 1, 1, WIDTH)), x], "tokens", axis=1)
    x, normal = normalise(x, w.constant("places", w.weight("", 1, TOKENS, WIDTH)), "0/before")
    for block in range(2):
        y = dense(attend(normal, f"{block}/attention"), f"{block}/projection", WIDTH, WIDTH)
        x, normal = normalise(x, y, f"{block}/middle")
        y = activate(dense(normal, f"{block}/grown", WIDTH, HIDDEN), f"{block}/mlp")
        y = dense(y, f"{block}/shrunk", HIDDEN, WIDTH)
        x, normal = normalise(x, y, f"{block + 1}/before")
    token = w.add("Gather", [normal, w.constant("first", np.array(0))], "token", axis=1)
    weight, bias = w.constant("head/weight", w.weight("", WIDTH, CLASSES)), w.constant("head/bias", w.weight("", CLASSES))
    w.add("Gemm", [token, weight, bias], "scores")

    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        w.nodes, "graph", [value("image", TensorProto.FLOAT, [1, 3, 16, 16])],
        [value("scores", TensorProto.FLOAT, [1, CLASSES])], w.weights,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", opset)]
    if any(each.domain for each in w.nodes):
        opsets.append(helper.make_opsetid(MICROSOFT, 1))
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


TWINS = {
    "plain": {
        "attention_onnx_3d": {"opset": 23, "attention": "onnx3d"},
        "attention_onnx_4d": {"opset": 23, "attention": "onnx4d"},
        "attention_microsoft": {"attention": "microsoft"},
        "multihead_attention": {"attention": "multihead"},
        "fused_matmul": {"matmul": "fused"},
        "skip_normalisation": {"norm": "skip"},
        "gelu": {"gelu": "microsoft"},
        "bias_gelu": {"gelu": "bias"},
        "all": {"attention": "multihead", "gelu": "bias", "norm": "skip"},
    },
    "plain_quick": {"quick_gelu": {"gelu": "quick"}},
    "plain_fast": {"fast_gelu": {"gelu": "fast"}},
}
PLAIN = {"plain": {}, "plain_quick": {"gelu": "quick-plain"}, "plain_fast": {"gelu": "fast-plain"}}


def scores(model):
    picture = np.random.default_rng(1).normal(size=(1, 3, 16, 16)).astype(np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": picture})[0]


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for plain, twins in TWINS.items():
        expected = vit(**PLAIN[plain])
        for name, form in [(plain, PLAIN[plain]), *twins.items()]:
            model = vit(**form)
            assert np.allclose(scores(model), scores(expected), atol=1e-5), name
            (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
            print(name, scores(model))
