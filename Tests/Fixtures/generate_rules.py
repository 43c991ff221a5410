#!/usr/bin/env python3
"""Makes Tests/Fixtures/gradients/rules.json: operators on small numbers, and PyTorch's gradients of them.

Needs: pip install torch==2.15.0
Each case is a graph of one operator (or two) that reads the variables x0, x1 … and constants, and makes y. `gradients`
holds d(Σ seed · y)/dx of each variable, by autograd in 64 bits. Forms that PyTorch has no function for are written out
with functions that it has.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

FILE = Path(__file__).parent / "gradients" / "rules.json"
CASES = []


def grid(shape, low=None):
    """Numbers in no order, all different, 1/16 apart, none of them 0: no small step crosses a kink."""
    count = torch.Size(shape).numel()
    start = 1 / 32 - ((count + 1) // 2) / 16 if low is None else low
    return (start + torch.randperm(count) / 16).double().reshape(shape)


class Variable:
    def __init__(self, *shape, low=None, values=None):
        self.shape, self.low, self.values = shape, low, values


def case(name, op, inputs, function, set=18, nodes=None, broadcast=False, exact=True, outputs=1, **attributes):
    """exact: False where the engine's own results are no measure for a central difference."""
    torch.manual_seed(sum(name.encode()))
    listed, tensors, names, variables = [], [], [], []
    for position, value in enumerate(inputs):
        if value is None:
            names.append("")
            continue
        if isinstance(value, Variable):
            tensor = grid(value.shape, value.low) if value.values is None else floats(*value.values, shape=value.shape)
            tensor.requires_grad_()
            name_ = f"x{len(variables)}"
            variables.append(tensor)
            kind = "variable"
        else:
            tensor = torch.as_tensor(value)
            kind = "floats" if tensor.is_floating_point() else "integers"
            tensor = tensor.double() if kind == "floats" else tensor
            name_ = f"c{position}"
        listed.append({"name": name_, "kind": kind, "shape": list(tensor.shape), "values": numbers(tensor)})
        tensors.append(tensor)
        names.append(name_)
    y = function(*tensors)
    seed = grid(y.shape, -0.25)
    gradients = torch.autograd.grad((y * seed).sum(), variables)
    made = ["y"] + [f"unused{n}" for n in range(1, outputs)]
    nodes = nodes or [{"op": op, "inputs": names, "outputs": made, "attributes": attributes}]
    for node in nodes:
        node["attributes"] = [attribute(*item) for item in node.get("attributes", {}).items()]
    CASES.append({
        "name": name, "operatorSet": set, "isBroadcast": broadcast, "isExact": exact, "tensors": listed,
        "nodes": nodes, "seed": numbers(seed), "y": numbers(y), "gradients": [numbers(g) for g in gradients]})


def attribute(name, value):
    kinds = {int: "int", float: "float", str: "string"}
    kind = kinds[type(value[0])] + "s" if isinstance(value, list) else kinds[type(value)]
    return {"name": name, kind: value}


def numbers(tensor):
    if not tensor.is_floating_point():
        return [int(n) for n in tensor.flatten().tolist()]
    return [float(f"{n:.6g}") for n in tensor.detach().flatten().tolist()]


V = Variable


def floats(*values, shape=None):
    tensor = torch.tensor(values, dtype=torch.float64)
    return tensor if shape is None else tensor.reshape(shape)


def ints(*values):
    return torch.tensor(values, dtype=torch.int64)


def elementwise():
    for op, function in [
        ("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Max", torch.maximum), ("Min", torch.minimum),
        ("Sum", torch.add), ("Mean", lambda a, b: (a + b) / 2),
    ]:
        case(op, op, [V(2, 3), V(2, 3)], function)
        case(f"{op} broadcast", op, [V(2, 1, 3), V(2, 1)], function, broadcast=True)
    case("Div", "Div", [V(2, 3, low=0.5), V(2, 3, low=0.5)], torch.div)
    case("Div broadcast", "Div", [V(3, low=0.5), V(2, 1, low=0.5)], torch.div, broadcast=True)
    case("Pow", "Pow", [V(2, 3, low=0.5), V(2, 3)], torch.pow)
    case("Pow broadcast", "Pow", [V(2, 3, low=0.5), V(3)], torch.pow, broadcast=True)
    case("Pow by 3", "Pow", [V(2, 3), floats(3, shape=[])], lambda x, p: x**3)
    case("Mod", "Mod", [V(2, 3), floats(0.75, shape=[])], lambda x, d: torch.fmod(x, 0.75), fmod=1)
    case("Mod broadcast", "Mod", [V(2, 3), floats(0.7, 0.9, 1.1)], torch.fmod, fmod=1, broadcast=True)
    for op, function in [
        ("Neg", torch.neg), ("Abs", torch.abs), ("Exp", torch.exp), ("Sin", torch.sin), ("Cos", torch.cos),
        ("Tan", torch.tan), ("Sinh", torch.sinh), ("Cosh", torch.cosh), ("Atan", torch.atan), ("Erf", torch.erf),
        ("Identity", torch.clone), ("Dropout", torch.clone), ("Relu", torch.relu), ("LeakyRelu", F.leaky_relu),
        ("Elu", F.elu), ("Celu", F.celu), ("Selu", F.selu), ("Sigmoid", torch.sigmoid), ("Tanh", torch.tanh),
        ("Softplus", F.softplus), ("Softsign", F.softsign), ("Mish", F.mish),
    ]:
        case(op, op, [V(2, 4)], function)
    for op, function in [("Sqrt", torch.sqrt), ("Log", torch.log), ("Reciprocal", torch.reciprocal)]:
        case(op, op, [V(2, 4, low=0.5)], function)
    case("Cast", "Cast", [V(2, 3)], torch.clone, to=1)
    case("CastLike", "CastLike", [V(2, 3), floats(1)], lambda x, like: x.clone())
    mask = torch.tensor([[True, False, True]])
    for name, shapes in [("Where", [(2, 3), (2, 3)]), ("Where broadcast", [(3,), (2, 1)])]:
        nodes = [
            {"op": "Cast", "inputs": ["c0"], "outputs": ["mask"], "attributes": {"to": 9}},
            {"op": "Where", "inputs": ["mask", "x0", "x1"], "outputs": ["y"]},
        ]
        case(name, "Where", [mask.long(), *[V(*shape) for shape in shapes]],
             lambda m, a, b: torch.where(mask, a, b), nodes=nodes, broadcast="broadcast" in name)


def activations():
    case("LeakyRelu alpha", "LeakyRelu", [V(2, 4)], lambda x: F.leaky_relu(x, 0.3), alpha=0.3)
    case("ThresholdedRelu", "ThresholdedRelu", [V(2, 5)], lambda x: F.threshold(x, 0.125, 0.0), alpha=0.125)
    case("Shrink", "Shrink", [V(2, 5)], lambda x: F.softshrink(x, 0.125), lambd=0.125, bias=0.125)
    case("Elu alpha", "Elu", [V(2, 5)], lambda x: F.elu(x, 0.7), alpha=0.7)
    case("Celu alpha", "Celu", [V(2, 5)], lambda x: F.celu(x, 0.7), alpha=0.7)
    case("PRelu", "PRelu", [V(1, 3, 2, 2), floats(0.1, 0.5, -1, shape=[3, 1, 1])],
         lambda x, w: F.prelu(x, w.flatten()), broadcast=True)
    case("HardSigmoid", "HardSigmoid", [V(6, 8)], lambda x: (x * (1 / 3) + 0.5).clamp(0, 1), alpha=1 / 3, beta=0.5)
    nodes = [
        {"op": "Mul", "inputs": ["x0", "c1"], "outputs": ["wide"]},
        {"op": "HardSwish", "inputs": ["wide"], "outputs": ["y"]},
    ]
    case("HardSwish", "HardSwish", [V(6, 6), floats(4, shape=[])], lambda x, f: F.hardswish(x * 4), nodes=nodes)
    case("Swish", "Swish", [V(2, 4)], lambda x: x * torch.sigmoid(1.5 * x), set=24, alpha=1.5)
    case("Gelu", "Gelu", [V(2, 4)], F.gelu, set=20)
    case("Gelu tanh", "Gelu", [V(2, 4)], lambda x: F.gelu(x, approximate="tanh"), set=20, approximate="tanh")
    case("Clip", "Clip", [V(2, 5), floats(-0.2, shape=[]), floats(0.2, shape=[])], lambda x, a, b: x.clamp(-0.2, 0.2))
    case("Clip to a maximum", "Clip", [V(2, 5), None, floats(0.2, shape=[])], lambda x, b: x.clamp(max=0.2), set=11)
    case("Clip of set 7", "Clip", [V(2, 5)], lambda x: x.clamp(-0.2, 0.2), set=7, min=-0.2, max=0.2)
    for op, function in [("Softmax", torch.softmax), ("LogSoftmax", torch.log_softmax)]:
        case(op, op, [V(2, 4)], lambda x: function(x, -1))
        case(f"{op} of channels", op, [V(2, 3, 2)], lambda x: function(x, 1), axis=1)
        case(f"{op} of set 7", op, [V(2, 3, 2)], lambda x: function(x.flatten(1), 1).reshape(2, 3, 2), set=7, axis=1)


def reductions():
    axes = ints(-1, 1)
    for op, function in [
        ("ReduceSum", torch.sum), ("ReduceMean", torch.mean), ("ReduceMax", torch.amax), ("ReduceMin", torch.amin),
        ("ReduceSumSquare", lambda x, d, keepdim: (x * x).sum(d, keepdim)),
        ("ReduceL1", lambda x, d, keepdim: x.abs().sum(d, keepdim)),
        ("ReduceL2", lambda x, d, keepdim: torch.linalg.vector_norm(x, dim=d, keepdim=keepdim)),
        ("ReduceLogSum", lambda x, d, keepdim: x.sum(d, keepdim).log()),
        ("ReduceLogSumExp", torch.logsumexp),
        ("ReduceProd", lambda x, d, keepdim: x.prod(2, keepdim=True).prod(1, keepdim=True)),
    ]:
        x = V(2, 2, 3, low=0.25)
        old = {"axes": [1, 2]}
        case(f"{op} of set 7", op, [x], lambda x: function(x, (1, 2), keepdim=True), set=7, **old)
        case(f"{op} of set 18", op, [x, axes], lambda x, a: function(x, (1, 2), keepdim=True), set=18)
        if op != "ReduceProd":
            case(f"{op} without its axes", op, [x, axes], lambda x, a: function(x, (1, 2), keepdim=False), keepdims=0)
            case(f"{op} over all", op, [x], lambda x: function(x, (0, 1, 2), keepdim=False), set=13, keepdims=0)
    rows = V(3, 3, values=[0, 2, 3, 0, 0, 1.5, 1, 2, -1])
    case("ReduceProd of zeros", "ReduceProd", [rows], lambda x: x.prod(1), set=13, axes=[1], keepdims=0)
    rows = V(2, 3, values=[0, 0, 0, 0.5, -1, 2])
    case("ReduceL2 at the origin", "ReduceL2", [rows], lambda x: torch.linalg.vector_norm(x, dim=1), set=13, axes=[1],
         keepdims=0)


def products():
    case("MatMul", "MatMul", [V(2, 3), V(3, 4)], torch.matmul)
    case("MatMul broadcast", "MatMul", [V(2, 1, 2, 3), V(2, 3, 2)], torch.matmul, broadcast=True)
    case("MatMul of a vector", "MatMul", [V(3), V(2, 3, 2)], torch.matmul, broadcast=True)
    case("MatMul by a vector", "MatMul", [V(2, 2, 3), V(3)], torch.matmul, broadcast=True)
    case("Gemm", "Gemm", [V(2, 3), V(3, 4), V(2, 4)], lambda a, b, c: 0.5 * a @ b + 2 * c, alpha=0.5, beta=2.0)
    case("Gemm broadcast", "Gemm", [V(3, 2), V(4, 3), V(4)], lambda a, b, c: a.T @ b.T + c, transA=1, transB=1,
         broadcast=True)
    case("Gemm of set 7", "Gemm", [V(2, 3), V(4, 3), V(1)], lambda a, b, c: a @ b.T + c, transB=1, set=7, broadcast=True)
    for equation in ["bij,bkj->bik", "bhid,bhjd->bhij", "ij,jk", "bij,i->b", "bij->bj", "ij,kj->ki", "bi,bi->b"]:
        sizes = dict(zip("bhdijk", [2, 2, 3, 2, 3, 2]))
        terms = equation.split("->")[0].split(",")
        case(f"Einsum {equation}", "Einsum", [V(*[sizes[letter] for letter in term]) for term in terms],
             lambda *x: torch.einsum(equation, *x), equation=equation)


def shapes():
    x = V(2, 3, 2)
    case("Reshape", "Reshape", [x, ints(0, -1)], lambda x, s: x.reshape(2, 6))
    case("Flatten", "Flatten", [x], lambda x: x.reshape(6, 2), axis=2)
    case("Squeeze", "Squeeze", [V(2, 1, 3, 1), ints(1, -1)], lambda x, a: x.squeeze())
    case("Squeeze of set 7", "Squeeze", [V(2, 1, 3)], lambda x: x.squeeze(1), set=7, axes=[1])
    case("Unsqueeze", "Unsqueeze", [V(2, 3), ints(0, -1)], lambda x, a: x[None, :, :, None])
    case("Unsqueeze of set 7", "Unsqueeze", [V(2, 3)], lambda x: x[:, None], set=7, axes=[1])
    case("Transpose", "Transpose", [x], lambda x: x.permute(1, 2, 0), perm=[1, 2, 0])
    case("Transpose reversed", "Transpose", [x], lambda x: x.permute(2, 1, 0))
    case("Expand", "Expand", [V(3, 1), ints(2, 3, 2)], lambda x, s: x.expand(2, 3, 2), broadcast=True)
    case("Concat", "Concat", [V(2, 2, 1), V(2, 1, 1)], lambda a, b: torch.cat([a, b], 1), axis=1)
    case("Concat from behind", "Concat", [V(2, 2), V(2, 1)], lambda a, b: torch.cat([a, b], -1), axis=-1)

    def split(name, set, inputs, **attributes):
        case(name, "Split", inputs, lambda x, *rest: x[:, :2] * x[:, 3:], set=set, axis=1, nodes=[
            {"op": "Split", "inputs": ["x0", "c1"][:len(inputs)], "outputs": ["a", "b", "c"],
             "attributes": {"axis": 1, **attributes}},
            {"op": "Mul", "inputs": ["a", "c"], "outputs": ["y"]}])
    split("Split", 18, [V(2, 5), ints(2, 1, 2)])
    split("Split of set 7", 7, [V(2, 5)], split=[2, 1, 2])
    case("Pad", "Pad", [V(2, 3), ints(0, 1, 2, 3), floats(2.5, shape=[])], lambda x, p, c: F.pad(x, (1, 3, 0, 2), value=2.5))
    case("Pad of set 7", "Pad", [V(2, 3)], lambda x: F.pad(x, (1, 0, 0, 2)), set=7, pads=[0, 1, 2, 0])
    case("Pad by reflection", "Pad", [V(1, 2, 4), ints(0, 0, 2, 0, 0, 1)],
         lambda x, p: F.pad(x, (2, 1), mode="reflect"), mode="reflect")
    case("Pad by repeating", "Pad", [V(1, 2, 3), ints(0, 0, 2, 0, 0, 1)],
         lambda x, p: F.pad(x, (2, 1), mode="replicate"), mode="edge")
    case("Slice", "Slice", [V(3, 4), ints(1, -3), ints(3, -1), ints(0, 1)], lambda x, *r: x[1:3, -3:-1])
    case("Slice in steps", "Slice", [V(2, 7), ints(1), ints(2**62), ints(1), ints(3)], lambda x, *r: x[:, 1::3])
    case("Slice backwards", "Slice", [V(2, 5), ints(-1), ints(-2**62), ints(1), ints(-2)],
         lambda x, *r: x[:, [4, 2, 0]])
    case("Slice of set 7", "Slice", [V(3, 4)], lambda x: x[:, 1:3], set=7, starts=[1], ends=[3], axes=[1])


def indexing():
    indices = torch.tensor([[2, 0], [2, -1]])
    case("Gather", "Gather", [V(3, 4), indices], lambda x, i: x[:, [2, 0, 2, 3]].reshape(3, 2, 2), axis=1)
    case("Gather of set 7", "Gather", [V(3, 2), ints(1, 1)], lambda x, i: x[[1, 1]], set=7)
    case("Gather one", "Gather", [V(1, 5, 2), torch.tensor(0)], lambda x, i: x[:, 0], axis=1)
    where = torch.tensor([[0, 1, 1], [0, 0, 1]])
    case("GatherElements", "GatherElements", [V(2, 3), where], lambda x, i: torch.gather(x, 0, where), axis=0)
    case("GatherND", "GatherND", [V(2, 3, 2), torch.tensor([[0, 1], [1, 2], [0, 1]])],
         lambda x, i: x[[0, 1, 0], [1, 2, 1]])
    where = torch.tensor([[0, 3, 0], [1, 1, 2]])
    case("ScatterElements", "ScatterElements", [V(2, 4), where, V(2, 3)],
         lambda x, i, u: torch.scatter_add(x, 1, where, u), axis=1, reduction="add")
    case("ScatterElements in place", "ScatterElements", [V(2, 4), torch.tensor([[0, 3, 1], [1, 0, 2]]), V(2, 3)],
         lambda x, i, u: torch.scatter(x, 1, torch.tensor([[0, 3, 1], [1, 0, 2]]), u), axis=1)
    rows = ints(2, -4).reshape(2, 1)
    case("ScatterND", "ScatterND", [V(4, 2), rows, V(2, 2)], lambda x, i, u: x.index_put((torch.tensor([2, 0]),), u))
    case("ScatterND that adds", "ScatterND", [V(2, 3), ints(0, 1, 1, 2, 0, 1).reshape(3, 2), V(3)],
         lambda x, i, u: x.index_put((torch.tensor([0, 1, 0]), torch.tensor([1, 2, 1])), u, accumulate=True),
         reduction="add")
    case("Tile", "Tile", [V(2, 3), ints(2, 1)], lambda x, r: x.tile(2, 1), broadcast=True)
    case("DepthToSpace", "DepthToSpace", [V(1, 8, 1, 2)], lambda x: F.pixel_shuffle(x, 2), blocksize=2, mode="CRD")
    case("SpaceToDepth", "SpaceToDepth", [V(1, 1, 4, 2)], lambda x: F.pixel_unshuffle(x, 2), blocksize=2)
    case("ReverseSequence", "ReverseSequence", [V(3, 2), ints(3, 2)],
         lambda x, n: torch.stack([torch.stack([x[2, 0], x[1, 1]]), torch.stack([x[1, 0], x[0, 1]]), x[[0, 2], [0, 1]]]),
         batch_axis=1, time_axis=0)
    case("Trilu", "Trilu", [V(3, 3), torch.tensor(1)], lambda x, k: torch.triu(x, 1), upper=1)
    case("CumSum", "CumSum", [V(2, 4), torch.tensor(1)], lambda x, a: x.cumsum(1))
    case("CumSum backwards", "CumSum", [V(2, 3), torch.tensor(1)], lambda x, a: x.flip(1).cumsum(1).flip(1) - x,
         exclusive=1, reverse=1)


def normalisations():
    three = [floats(1, -0.5, 2), floats(0.1, 0.2, 0.3)]
    statistics = [floats(-1, 0.5, 1), floats(0.5, 1, 3)]
    for set in (7, 18):
        case(f"BatchNormalization of set {set}", "BatchNormalization", [V(2, 3, 2, 1), *three, *statistics],
             lambda x, s, b, m, v: F.batch_norm(x, m, v, s, b, eps=0.01), set=set, epsilon=0.01)
    case("LayerNormalization", "LayerNormalization", [V(2, 2, 3), *three],
         lambda x, s, b: F.layer_norm(x, (3,), s, b, 0.01), epsilon=0.01)
    case("LayerNormalization over two axes", "LayerNormalization", [V(2, 2, 3), floats(*range(1, 7), shape=[2, 3])],
         lambda x, s: F.layer_norm(x, (2, 3), s, None, 0.1), axis=1, epsilon=0.1)
    case("RMSNormalization", "RMSNormalization", [V(2, 2, 3), three[0]], lambda x, s: F.rms_norm(x, (3,), s, 0.01),
         set=23, epsilon=0.01)
    case("InstanceNormalization", "InstanceNormalization", [V(2, 3, 2, 2), *three],
         lambda x, s, b: F.instance_norm(x, None, None, s, b, eps=0.01), epsilon=0.01)
    case("MeanVarianceNormalization", "MeanVarianceNormalization", [V(2, 2, 3, 1)],
         lambda x: (x - x.mean((0, 2, 3), True)) / x.var((0, 2, 3), unbiased=False, keepdim=True).sqrt(), set=13)
    case("GroupNormalization of set 18", "GroupNormalization", [V(1, 4, 2, 1), floats(1, -0.5), floats(0.1, 0.2)],
         lambda x, s, b: F.group_norm(x, 2, s.repeat_interleave(2), b.repeat_interleave(2), 0.01), num_groups=2,
         epsilon=0.01)
    case("GroupNormalization of set 21", "GroupNormalization",
         [V(1, 4, 2, 1), floats(1, -0.5, 2, 3), floats(0, 0.1, 0.2, 0.3)],
         lambda x, s, b: F.group_norm(x, 2, s, b, 0.01), num_groups=2, epsilon=0.01, set=21)
    case("LRN", "LRN", [V(1, 5, 2, 1)], lambda x: F.local_response_norm(x, 3, 0.5, 0.6, 2.0), size=3, alpha=0.5,
         beta=0.6, bias=2.0)
    # PyTorch has one neighbour more before, ONNX one more behind; OpenVINO leaves that one out.
    case("LRN of an even size", "LRN", [V(1, 5, 2, 1)],
         lambda x: F.local_response_norm(x.flip(1), 4, 0.5, 0.6, 2.0).flip(1), size=4, alpha=0.5, beta=0.6, bias=2.0,
         exact=False)
    case("LpNormalization", "LpNormalization", [V(2, 4)], lambda x: F.normalize(x, dim=1, eps=0.0), axis=1)


def convolutions():
    def conv(name, shape, weights, function=F.conv2d, torch_pad=0, set=18, pads=None, output_padding=None, **attributes):
        torch.manual_seed(len(name))
        w = grid(weights)
        options = {"stride": attributes.get("strides", 1), "dilation": attributes.get("dilations", 1),
                   "groups": attributes.get("group", 1), "padding": torch_pad}
        if output_padding:
            attributes["output_padding"], options["output_padding"] = output_padding, output_padding
        if pads:
            attributes["pads"] = pads
        op = "Conv" if function in (F.conv1d, F.conv2d) else "ConvTranspose"
        case(name, op, [V(*shape), w], lambda x, w: function(x, w, **options), set=set, **attributes)
    conv("Conv", (1, 2, 4, 3), (2, 2, 3, 3), torch_pad=1, pads=[1, 1, 1, 1])
    conv("Conv of set 7", (1, 1, 3, 3), (2, 1, 2, 2), set=7, kernel_shape=[2, 2])
    conv("Conv strided", (1, 1, 6, 5), (2, 1, 3, 2), strides=[2, 3])
    conv("Conv that leaves a rest", (1, 1, 5, 6), (1, 1, 2, 2), strides=[3, 3])
    conv("Conv dilated", (1, 1, 5, 5), (1, 1, 2, 2), dilations=[2, 3])
    conv("Conv in groups", (1, 4, 2, 2), (2, 2, 2, 2), group=2)
    conv("Conv depthwise", (1, 2, 4, 4), (2, 1, 3, 3), torch_pad=1, pads=[1, 1, 1, 1], group=2, strides=[2, 2])
    conv("Conv 1-D", (1, 2, 6), (2, 2, 3), F.conv1d, torch_pad=1, pads=[1, 1], strides=[2])
    conv("ConvTranspose", (1, 2, 2, 3), (2, 2, 2, 2), F.conv_transpose2d, strides=[2, 2])
    conv("ConvTranspose padded", (1, 1, 3, 2), (1, 2, 3, 3), F.conv_transpose2d, torch_pad=1, pads=[1, 1, 1, 1],
         strides=[2, 2], output_padding=[1, 1])
    conv("ConvTranspose in groups", (1, 2, 2, 2), (2, 1, 2, 2), F.conv_transpose2d, group=2, dilations=[2, 1])
    conv("ConvTranspose 1-D", (1, 2, 3), (2, 1, 2), F.conv_transpose1d, strides=[2])


def poolings():
    x = V(1, 2, 3, 2)
    case("GlobalAveragePool", "GlobalAveragePool", [x], lambda x: x.mean((2, 3), keepdim=True))
    case("GlobalMaxPool", "GlobalMaxPool", [x], lambda x: x.amax((2, 3), keepdim=True))
    for set in (7, 8, 12):
        case(f"MaxPool of set {set}", "MaxPool", [V(1, 2, 4, 4)], lambda x: F.max_pool2d(x, 2), set=set,
             kernel_shape=[2, 2], strides=[2, 2])
    case("MaxPool overlapping", "MaxPool", [V(1, 1, 5, 5)], lambda x: F.max_pool2d(x, 3, 2, 1), kernel_shape=[3, 3],
         strides=[2, 2], pads=[1, 1, 1, 1])
    case("MaxPool over the edge", "MaxPool", [V(1, 1, 6, 6)], lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True),
         kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    case("MaxPool dilated", "MaxPool", [V(1, 1, 5, 5)], lambda x: F.max_pool2d(x, 2, 1, dilation=2), kernel_shape=[2, 2],
         dilations=[2, 2])
    case("MaxPool 1-D", "MaxPool", [V(1, 2, 5)], lambda x: F.max_pool1d(x, 2, 1), kernel_shape=[2])
    case("AveragePool", "AveragePool", [V(1, 1, 4, 4)], lambda x: F.avg_pool2d(x, 2), kernel_shape=[2, 2], strides=[2, 2])
    case("AveragePool of set 7", "AveragePool", [V(1, 1, 4, 3)], lambda x: F.avg_pool2d(x, 2, 1), kernel_shape=[2, 2],
         set=7)
    case("AveragePool padded", "AveragePool", [V(1, 1, 5, 5)],
         lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), kernel_shape=[3, 3], strides=[2, 2],
         pads=[1, 1, 1, 1])
    case("AveragePool that counts its padding", "AveragePool", [V(1, 1, 4, 3)],
         lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=True), kernel_shape=[3, 3], pads=[1, 1, 1, 1],
         count_include_pad=1)
    case("AveragePool over the edge", "AveragePool", [V(1, 1, 6, 6)],
         lambda x: F.avg_pool2d(x, 3, 2, ceil_mode=True), kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    case("AveragePool 1-D", "AveragePool", [V(1, 2, 7)], lambda x: F.avg_pool1d(x, 3, 2), kernel_shape=[3], strides=[2])


def resizing():
    def sizes(x, n):
        return [*x.shape[:2], *n]

    def resize(name, shape, scales, function, set=18, **attributes):
        case(f"Resize {name}", "Resize", [V(*shape), None, floats(1, 1, *scales)], lambda x, s: function(x), set=set,
             **attributes)
    x = (1, 1, 3, 2)
    resize("nearest, asymmetric, floor", x, (2, 3), lambda x: F.interpolate(x, (6, 6)), mode="nearest",
           coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    resize("nearest smaller", (1, 1, 5, 4), (0.4, 0.5), lambda x: F.interpolate(x, (2, 2)), mode="nearest",
           coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    resize("nearest, half pixel", (1, 1, 3, 4), (5 / 3, 1.5), lambda x: F.interpolate(x, (5, 6), mode="nearest-exact"),
           mode="nearest", nearest_mode="round_prefer_ceil")
    for half in ("half_pixel", "pytorch_half_pixel"):
        resize(f"linear, {half}", x, (2, 2), lambda x: F.interpolate(x, (6, 4), mode="bilinear"), mode="linear",
               coordinate_transformation_mode=half)
    resize("linear, align_corners", x, (2, 2), lambda x: F.interpolate(x, (6, 4), mode="bilinear", align_corners=True),
           mode="linear", coordinate_transformation_mode="align_corners")
    resize("linear smaller", (1, 1, 5, 4), (0.6, 0.5),
           lambda x: F.interpolate(x, (3, 2), mode="bilinear", recompute_scale_factor=False), mode="linear")
    resize("cubic", (1, 1, 4, 4), (1.5, 2), lambda x: F.interpolate(x, (6, 8), mode="bicubic"), mode="cubic")
    case("Resize to sizes", "Resize", [V(*x), None, None, ints(1, 1, 5, 4)],
         lambda x, s: F.interpolate(x, (5, 4), mode="bilinear"), mode="linear")
    case("Resize some axes", "Resize", [V(*x), None, None, ints(5, 4)],
         lambda x, s: F.interpolate(x, (5, 4), mode="bilinear"), mode="linear", axes=[2, 3])
    case("Resize of set 11", "Resize", [V(*x), floats(), floats(1, 1, 2, 2)],
         lambda x, r, s: F.interpolate(x, (6, 4), mode="bilinear", align_corners=True), mode="linear", set=11,
         coordinate_transformation_mode="align_corners")
    case("Resize of set 10", "Resize", [V(*x), floats(1, 1, 2, 2)], lambda x, s: F.interpolate(x, (6, 4)), set=10)
    case("Resize of channels", "Resize", [V(1, 2, 2), None, floats(1, 2, 1)],
         lambda x, s: x.repeat_interleave(2, 1), nearest_mode="floor", coordinate_transformation_mode="asymmetric")
    case("Upsample of set 9", "Upsample", [V(*x), floats(1, 1, 2, 2)], lambda x, s: F.interpolate(x, (6, 4)), set=9)
    case("Upsample of set 7", "Upsample", [V(*x)], lambda x: F.interpolate(x, (6, 4)), set=7, scales=[1.0, 1.0, 2.0, 2.0])


def quantisation():
    nodes = [
        {"op": "QuantizeLinear", "inputs": ["x0", "c1"], "outputs": ["steps"], "attributes": {"axis": 1}},
        {"op": "DequantizeLinear", "inputs": ["steps", "c1"], "outputs": ["rounded"], "attributes": {"axis": 1}},
        {"op": "Identity", "inputs": ["rounded"], "outputs": ["y"]},
    ]
    scale = floats(1 / 64, 1 / 32, 1 / 128)

    def straight_through(x, s):
        return torch.fake_quantize_per_channel_affine(
            x.float() + 1, s.float(), torch.full((3,), 0, dtype=torch.int32), 1, -1000, 1000).double() - 1
    # A staircase, whose central difference tells nothing.
    case("rounding", "QuantizeLinear", [V(2, 3), scale], straight_through, nodes=nodes, exact=False)


def main():
    for write in (elementwise, activations, reductions, products, shapes, indexing, normalisations, convolutions,
                  poolings, resizing, quantisation):
        write()
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES)
    FILE.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
