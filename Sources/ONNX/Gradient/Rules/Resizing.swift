import Foundation

/// Resizing by interpolation: along each axis a matrix from old places to new ones, whose transpose takes gradients back.
let resizingRules: [String: Rule] = [
    "Resize": Rule { step in
        // Up to operator set 10 the scales are the second input, later the third.
        try resized(step, Interpolation(step), scalesInput: step.operatorSet > 10 ? 2 : 1)
    },
    "Upsample": Rule { step in try resized(step, Interpolation(step), scalesInput: 1) },
]

@Sendable private func resized(
    _ step: Step, _ interpolation: Interpolation, scalesInput: Int
) throws(Rule.Refusal) -> [Value?] {
    let (shape, output) = (step.shape(), step.outputShape)
    guard output.count == shape.count else { throw step.refuse("its shapes do not fit") }
    var scales = zip(output, shape).map { Double($0) / Double(max(1, $1)) }
    if let given = try step.numbers("scales", orInput: scalesInput) {
        let axes = try (try step.ints("axes") ?? Array(shape.indices)).map { axis throws(Rule.Refusal) in
            try step.axis(axis)
        }
        guard given.count == axes.count, given.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw step.refuse("its scales \(given.prefix(8)) do not fit")
        }
        for (axis, scale) in zip(axes, given) { scales[axis] = Double(scale) }
    } else if try step.string("keep_aspect_ratio_policy") ?? "stretch" != "stretch" {
        throw step.refuse("it keeps the aspect ratio")
    }
    var gradient = step.dy
    for axis in shape.indices where output[axis] != shape[axis] || scales[axis] != 1 {
        guard shape[axis] > 0, output[axis] > 0, shape[axis] * output[axis] <= Step.largest else {
            throw step.refuse("it makes \(output) of \(shape)")
        }
        let matrix = interpolation.matrix(from: shape[axis], to: output[axis], scale: scales[axis])
        gradient = gradient.multiplied(by: matrix, to: shape[axis], along: axis)
    }
    return [gradient]
}

extension Value {
    /// - Parameter matrix: Float [size of the axis, `size`], row-major.
    fileprivate func multiplied(by matrix: [Float], to size: Int, along axis: Int) -> Value {
        let matrix = graph.floats(matrix, shape: [shape[axis], size])
        if axis == rank - 1, rank > 1 { return matrixProduct(matrix) }
        if axis == rank - 2 { return matrix.transposed([1, 0]).matrixProduct(self) }
        var order = Array(shape.indices.filter { $0 != axis })
        order.append(axis)
        let back = shape.indices.map { order.firstIndex(of: $0)! }
        let rows = transposed(order)
        let product = rows.flattened.reshaped(to: [max(1, rows.count / max(1, shape[axis])), shape[axis]])
            .matrixProduct(matrix)
        return product.reshaped(to: order.dropLast().map { shape[$0] } + [size]).transposed(back)
    }
}

/// How a Resize finds the numbers between the places of its input.
private struct Interpolation {
    private enum Mode {
        case nearest, linear
        case cubic(a: Double, excludesOutside: Bool)
    }

    private let mode: Mode
    private let coordinates: String
    private let rounding: String

    init(_ step: Step) throws(Rule.Refusal) {
        let isOld = step.operatorSet <= 10 || step.node.op == "Upsample"
        let given = try step.string("mode") ?? "nearest"
        switch given {
        case "nearest": mode = .nearest
        case "linear", "bilinear": mode = .linear
        case "cubic":
            mode = .cubic(
                a: Double(try step.float("cubic_coeff_a") ?? -0.75), excludesOutside: try step.flag("exclude_outside"))
        default: throw step.refuse("its mode is '\(given.prefix(40))'")
        }
        guard try !step.flag("antialias") else { throw step.refuse("it blurs before it makes smaller (antialias)") }
        coordinates = isOld ? "asymmetric" : try step.string("coordinate_transformation_mode") ?? "half_pixel"
        rounding = isOld ? "floor" : try step.string("nearest_mode") ?? "round_prefer_floor"
        guard
            [
                "asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners", "half_pixel_symmetric",
                "tf_half_pixel_for_nn",
            ].contains(coordinates)
        else { throw step.refuse("its coordinates are '\(coordinates.prefix(40))'") }
        guard ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"].contains(rounding) else {
            throw step.refuse("its rounding is '\(rounding.prefix(40))'")
        }
    }

    /// Weights of the old places in each new one: Float [`count`, `length`], row-major.
    func matrix(from length: Int, to count: Int, scale: Double) -> [Float] {
        var matrix = [Float](repeating: 0, count: length * count)
        for place in 0..<count {
            for (source, weight) in sources(of: place, length, count, scale) {
                matrix[place * length + source] += Float(weight)
            }
        }
        return matrix
    }

    private func sources(
        of place: Int, _ length: Int, _ count: Int, _ scale: Double
    ) -> [(source: Int, weight: Double)] {
        let x = original(place, length, count, scale)
        func within(_ source: Double) -> Int { Int(min(max(source, 0), Double(length - 1))) }
        switch mode {
        case .nearest:
            return [(within(rounded(x)), 1)]
        case .linear:
            let low = x.rounded(.down)
            return [(within(low), 1 - (x - low)), (within(low + 1), x - low)]
        case .cubic(let a, let excludesOutside):
            let low = x.rounded(.down)
            let taps = (-1...2).map { low + Double($0) }
            var weights = taps.map { Self.cubic(abs($0 - x), a) }
            if excludesOutside {
                for index in taps.indices where taps[index] < 0 || taps[index] > Double(length - 1) {
                    weights[index] = 0
                }
                let sum = weights.reduce(0, +)
                weights = weights.map { $0 / sum }
            }
            return zip(taps, weights).map { (within($0), $1) }
        }
    }

    /// The place in the input that a place of the output lies over.
    private func original(_ place: Int, _ length: Int, _ count: Int, _ scale: Double) -> Double {
        let place = Double(place)
        switch coordinates {
        case "asymmetric": return place / scale
        case "align_corners": return count == 1 ? 0 : place * Double(length - 1) / Double(count - 1)
        case "pytorch_half_pixel": return count == 1 ? 0 : (place + 0.5) / scale - 0.5
        case "tf_half_pixel_for_nn": return (place + 0.5) / scale
        case "half_pixel_symmetric":
            let adjustment = Double(count) / (scale * Double(length))
            return Double(length) / 2 * (1 - adjustment) + (place + 0.5) / scale - 0.5
        default: return (place + 0.5) / scale - 0.5
        }
    }

    private func rounded(_ x: Double) -> Double {
        switch rounding {
        case "floor": x.rounded(.down)
        case "ceil": x.rounded(.up)
        case "round_prefer_ceil": (x + 0.5).rounded(.down)
        default: (x - 0.5).rounded(.up)
        }
    }

    /// Keys 1981, "Cubic convolution interpolation".
    private static func cubic(_ x: Double, _ a: Double) -> Double {
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }
}
