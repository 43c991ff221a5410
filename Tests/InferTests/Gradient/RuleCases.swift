import ONNX

extension RuleCase {
    static let all: [RuleCase] =
        elementwise + activations + reductions + matrixProducts + shapeChanges + indexing + normalisations
        + convolutions + poolings

    private static let binary: [RuleCase] = ["Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean"].flatMap { op in
        [
            plain(op, [[2, 3], [2, 3]]),
            plain(op, [[2, 3, 2], [3, 1]], named: "\(op) broadcast"),
            plain(op, [[1], [2, 2, 2]], named: "\(op) broadcast first"),
        ]
    }

    private static let unary: [RuleCase] =
        ["Neg", "Abs", "Exp", "Sin", "Cos", "Erf", "Identity"].map { plain($0, [[2, 4]]) }
        + ["Sqrt", "Log", "Reciprocal"].map { plain($0, [[2, 4]], from: 0.5) }

    private static let elementwise: [RuleCase] =
        binary + unary + [
            plain("Div", [[2, 3], [2, 3]], from: 0.5),
            plain("Div", [[2, 3, 2], [3, 1]], from: 0.5, named: "Div broadcast"),
            plain("Pow", [[2, 3], [3]], from: 0.5, named: "Pow broadcast"),
            RuleCase("Pow by 2", [[2, 3]]) { graph in
                graph.constant("two", [2 as Float], shape: [])
                graph.add("Pow", ["x0", "two"], ["y"])
            },
            RuleCase("Pow by 3", [[2, 3]]) { graph in
                graph.constant("three", [3 as Float], shape: [])
                graph.add("Pow", ["x0", "three"], ["y"])
            },
            RuleCase("a variable read twice", [[2, 3]]) { graph in
                graph.add("Mul", ["x0", "x0"], ["square"])
                graph.add("Exp", ["x0"], ["e"])
                graph.add("Add", ["square", "e"], ["y"])
            },
            plain("Sum", [[2, 3], [3], [2, 1]], named: "Sum of three"),
            RuleCase("Dropout", [[2, 3]]) { graph in
                graph.add("Exp", ["x0"], ["e"])
                graph.add("Dropout", ["e"], ["dropped"])
                graph.add("Sin", ["dropped"], ["y"])
            },
            plain("Cast", [[2, 3]], [.int("to", 1)]),
            RuleCase("CastLike", [[2, 3]]) { graph in
                graph.constant("like", [1 as Float], shape: [1])
                graph.add("CastLike", ["x0", "like"], ["y"])
            },
            RuleCase("Where", [[2, 3], [3], [2, 1]]) { graph in
                graph.constant("zero", [0 as Float], shape: [])
                graph.add("Greater", ["x0", "zero"], ["mask"])
                graph.add("Where", ["mask", "x1", "x2"], ["chosen"])
                graph.add("Add", ["chosen", "x0"], ["y"])
            },
        ]

    private static let activations: [RuleCase] =
        ["Relu", "LeakyRelu", "Elu", "Celu", "Selu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Mish", "HardSigmoid"]
        .map { plain($0, [[2, 5]]) } + [
            plain("LeakyRelu", [[2, 5]], [.float("alpha", 0.3)], named: "LeakyRelu alpha"),
            plain("ThresholdedRelu", [[2, 5]], [.float("alpha", 0.125)]),
            plain("Elu", [[2, 5]], [.float("alpha", 0.7)], named: "Elu alpha"),
            plain("Celu", [[2, 5]], [.float("alpha", 0.7)], named: "Celu alpha"),
            plain(
                "HardSigmoid", [[4, 8]], [.float("alpha", 1.0 / 0.9), .float("beta", 0.4)], named: "HardSigmoid alpha"),
            RuleCase("HardSwish", [[6, 8]]) { graph in
                graph.constant("four", [4 as Float], shape: [])
                graph.add("Mul", ["x0", "four"], ["wide"])
                graph.add("HardSwish", ["wide"], ["y"])
            },
            plain("Gelu", [[2, 5]], operatorSet: 20),
            plain("Gelu", [[2, 5]], [.string("approximate", "tanh")], operatorSet: 20, named: "Gelu tanh"),
            plain("Swish", [[2, 5]], [.float("alpha", 1.5)], operatorSet: 24),
            RuleCase("PRelu", [[2, 3, 2, 2]]) { graph in
                graph.constant("slope", [0.1, 0.5, -1], shape: [3, 1, 1])
                graph.add("PRelu", ["x0", "slope"], ["y"])
            },
            RuleCase("Clip", [[3, 5]]) { graph in
                graph.constant("low", [-0.27 as Float], shape: [])
                graph.constant("high", [0.23 as Float], shape: [])
                graph.add("Clip", ["x0", "low", "high"], ["y"])
            },
            RuleCase("Clip to a maximum", [[3, 5]]) { graph in
                graph.constant("high", [0.23 as Float], shape: [])
                graph.add("Clip", ["x0", "", "high"], ["y"])
            },
            plain(
                "Clip", [[3, 5]], [.float("min", -0.27), .float("max", 0.23)], operatorSet: 10,
                named: "Clip of operator set 10"),
            plain("Softmax", [[2, 5]]),
            plain("Softmax", [[2, 3, 4]], [.int("axis", 1)], named: "Softmax over channels"),
            plain("Softmax", [[2, 3, 4]], [.int("axis", 1)], operatorSet: 9, named: "Softmax of operator set 9"),
            plain("LogSoftmax", [[2, 5]], [.int("axis", -1)]),
            plain("LogSoftmax", [[2, 3, 4]], operatorSet: 11, named: "LogSoftmax of operator set 11"),
        ]

    private static let reductions: [RuleCase] =
        [
            "ReduceMean", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL2", "ReduceL1", "ReduceLogSum",
            "ReduceLogSumExp",
        ]
        .flatMap { op in
            [
                plain(op, [[2, 3, 4]], [.ints("axes", [-1, 1])], operatorSet: 11, from: 0.25),
                plain(
                    op, [[2, 3]], [.int("keepdims", 0)], operatorSet: 13, from: 0.25, named: "\(op) over all"),
            ]
        } + [
            RuleCase("ReduceSum", [[2, 3, 4]]) { graph in
                graph.constant("axes", [2], shape: [1])
                graph.add("ReduceSum", ["x0", "axes"], ["y"], [.int("keepdims", 0)])
            },
            RuleCase("ReduceMean of operator set 18", [[2, 3, 4]]) { graph in
                graph.constant("axes", [0, -1], shape: [2])
                graph.add("ReduceMean", ["x0", "axes"], ["y"], [.int("keepdims", 0)])
            },
        ]

    private static let matrixProducts: [RuleCase] = [
        plain("MatMul", [[2, 3], [3, 4]]),
        plain("MatMul", [[2, 2, 3], [3, 2]], named: "MatMul broadcast"),
        plain("MatMul", [[2, 1, 2, 3], [2, 3, 2]], named: "MatMul broadcast both"),
        plain("MatMul", [[3], [2, 3, 2]], named: "MatMul of a vector"),
        plain("MatMul", [[2, 2, 3], [3]], named: "MatMul by a vector"),
        plain("Gemm", [[2, 3], [3, 4], [4]], [.float("alpha", 0.5), .float("beta", 2)]),
        plain("Gemm", [[3, 2], [3, 4], [2, 1]], [.int("transA", 1)], named: "Gemm transA"),
        plain("Gemm", [[2, 3], [4, 3]], [.int("transB", 1)], named: "Gemm transB"),
        plain("Gemm", [[3, 2], [4, 3], [1]], [.int("transA", 1), .int("transB", 1)], named: "Gemm both"),
        plain("Einsum", [[2, 3, 4], [2, 5, 4]], [.string("equation", "bij,bkj->bik")]),
        plain("Einsum", [[2, 2, 3], [3, 4]], [.string("equation", "bij, jk -> bki")], named: "Einsum turned"),
    ]

    private static let shapeChanges: [RuleCase] = [
        RuleCase("Reshape", [[2, 3, 2]]) { graph in
            graph.constant("shape", [0, -1], shape: [2])
            graph.add("Reshape", ["x0", "shape"], ["y"])
        },
        RuleCase("Reshape to a computed shape", [[2, 3, 2]]) { graph in
            graph.constant("first", [0], shape: [1])
            graph.constant("rest", [-1], shape: [1])
            graph.add("Shape", ["x0"], ["shape"])
            graph.add("Gather", ["shape", "first"], ["batch"])
            graph.add("Concat", ["batch", "rest"], ["wanted"], [.int("axis", 0)])
            graph.add("Reshape", ["x0", "wanted"], ["y"])
        },
        plain("Flatten", [[2, 3, 2]]),
        RuleCase("Squeeze", [[2, 1, 3, 1]]) { graph in
            graph.constant("axes", [1], shape: [1])
            graph.add("Squeeze", ["x0", "axes"], ["y"])
        },
        RuleCase("Unsqueeze", [[2, 3]]) { graph in
            graph.constant("axes", [0, -1], shape: [2])
            graph.add("Unsqueeze", ["x0", "axes"], ["y"])
        },
        plain("Transpose", [[2, 3, 4]], [.ints("perm", [1, 2, 0])]),
        plain("Transpose", [[2, 3]], named: "Transpose reversed"),
        RuleCase("Expand", [[3, 1]]) { graph in
            graph.constant("shape", [2, 3, 4], shape: [3])
            graph.add("Expand", ["x0", "shape"], ["y"])
        },
        plain("Concat", [[2, 3, 1], [2, 1, 1], [2, 2, 1]], [.int("axis", 1)]),
        plain("Concat", [[2, 3], [2, 2]], [.int("axis", -1)], named: "Concat last"),
        RuleCase("Split", [[2, 5]]) { graph in
            graph.constant("sizes", [2, 1, 2], shape: [3])
            graph.add("Split", ["x0", "sizes"], ["a", "b", "c"], [.int("axis", 1)])
            graph.add("Mul", ["a", "c"], ["y"])
        },
        RuleCase("Pad", [[2, 3]]) { graph in
            graph.constant("pads", [0, 1, 2, 3], shape: [4])
            graph.constant("filling", [2.5 as Float], shape: [])
            graph.add("Pad", ["x0", "pads", "filling"], ["y"])
        },
        RuleCase("Pad by computed pads", [[2, 3]]) { graph in
            graph.constant("none", [0, 0], shape: [2])
            graph.constant("filling", [7.5 as Float], shape: [])
            graph.add("Shape", ["x0"], ["shape"])
            graph.add("Concat", ["none", "shape"], ["pads"], [.int("axis", 0)])
            graph.add("Pad", ["x0", "pads", "filling"], ["y"])
        },
        RuleCase("Pad by reflection", [[2, 4]]) { graph in
            graph.constant("pads", [0, 2, 0, 1], shape: [4])
            graph.add("Pad", ["x0", "pads"], ["y"], [.string("mode", "reflect")])
        },
        slice("Slice", [3, 4], starts: [1, -3], ends: [3, -1], axes: [0, 1]),
        slice("Slice in steps", [2, 7], starts: [1], ends: [.max], axes: [1], steps: [3]),
        slice("Slice backwards", [2, 5], starts: [-1], ends: [.min], axes: [1], steps: [-2]),
        plain(
            "Slice", [[3, 4]], [.ints("starts", [1]), .ints("ends", [3]), .ints("axes", [1])], operatorSet: 9,
            named: "Slice of operator set 9"),
        RuleCase("Slice to a computed end", [[2, 5]]) { graph in
            graph.constant("start", [1], shape: [1])
            graph.constant("axis", [1], shape: [1])
            graph.constant("one", [1], shape: [1])
            graph.add("Shape", ["x0"], ["shape"])
            graph.add("Gather", ["shape", "axis"], ["length"])
            graph.add("Sub", ["length", "one"], ["end"])
            graph.add("Slice", ["x0", "start", "end", "axis"], ["y"])
        },
    ]

    private static func slice(
        _ name: String, _ shape: [Int], starts: [Int], ends: [Int], axes: [Int], steps: [Int]? = nil
    ) -> RuleCase {
        RuleCase(name, [shape]) { graph in
            let lists = [("starts", starts), ("ends", ends), ("axes", axes)] + (steps.map { [("steps", $0)] } ?? [])
            for (list, values) in lists { graph.constant(list, values, shape: [values.count]) }
            graph.add("Slice", ["x0"] + lists.map(\.0), ["y"])
        }
    }

    private static let indexing: [RuleCase] = [
        RuleCase("Gather", [[3, 4]]) { graph in
            graph.constant("indices", [2, 0, 2, -1], shape: [2, 2])
            graph.add("Gather", ["x0", "indices"], ["y"], [.int("axis", 1)])
        },
        RuleCase("Gather of one token", [[1, 5, 3]]) { graph in
            graph.constant("indices", [0], shape: [])
            graph.add("Gather", ["x0", "indices"], ["y"], [.int("axis", 1)])
        },
        RuleCase("GatherElements", [[2, 3]]) { graph in
            graph.constant("indices", [0, 1, 1, 0, 0, 1], shape: [2, 3])
            graph.add("GatherElements", ["x0", "indices"], ["y"], [.int("axis", 0)])
        },
        RuleCase("GatherND", [[2, 3, 2]]) { graph in
            graph.constant("indices", [0, 1, 1, 2, 0, 1], shape: [3, 2])
            graph.add("GatherND", ["x0", "indices"], ["y"])
        },
        RuleCase("ScatterElements", [[3, 2], [2, 2]]) { graph in
            graph.constant("indices", [0, -1, 2, 0], shape: [2, 2])
            graph.add("ScatterElements", ["x0", "indices", "x1"], ["y"])
        },
        RuleCase("ScatterElements that adds", [[2, 4], [2, 3]]) { graph in
            graph.constant("indices", [0, 3, 0, 1, 1, 2], shape: [2, 3])
            graph.add(
                "ScatterElements", ["x0", "indices", "x1"], ["y"], [.int("axis", 1), .string("reduction", "add")])
        },
        RuleCase("Tile", [[2, 3]]) { graph in
            graph.constant("repeats", [2, 1], shape: [2])
            graph.add("Tile", ["x0", "repeats"], ["y"])
        },
        plain("DepthToSpace", [[1, 8, 2, 2]], [.int("blocksize", 2), .string("mode", "CRD")]),
        plain("SpaceToDepth", [[1, 2, 4, 2]], [.int("blocksize", 2)]),
    ]
}
