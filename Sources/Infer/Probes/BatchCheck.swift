import Engine
import ONNX
import Pipeline

/// Whether a part of a classifier gives a batch the scores that it gives its variants one by one: a graph that was
/// exported for one picture may mix up the pictures of a batch.
struct BatchCheck {
    let batched: BatchRequest
    let single: BatchRequest
    let part: BatchedPart
    /// Share of the scores' range.
    let tolerance: Float

    /// Runs both on the same numbers, which differ from variant to variant.
    func callAsFunction() throws(OpenVINOError) -> Bool {
        var random = SplitMix64(1)
        for name in part.sides {
            // Numbers of other types mean something, and cannot be made up.
            guard part.graph.info(of: name)?.elementType == .float32 else { return false }
            let one = try batched.side(name)
            let other = try single.side(name)
            let values = try one.bytes().bindMemory(to: Float.self)
            fill(values, &random)
            _ = try other.bytes().bindMemory(to: Float.self).update(fromContentsOf: values)
        }
        fill(batched.input, &random)
        try batched.start()
        try batched.wait()
        let rowCount = single.input.count
        var expected: [Float] = []
        for row in 0..<part.batch {
            _ = single.input.update(fromContentsOf: batched.input[row * rowCount..<(row + 1) * rowCount])
            try single.start()
            try single.wait()
            expected += single.scores
        }
        guard let low = expected.min(), let high = expected.max(), expected.count == batched.scores.count else {
            return false
        }
        // Numbers that are not finite agree with nothing.
        return zip(batched.scores, expected).allSatisfy { abs($0 - $1) <= tolerance * (high - low) }
    }

    /// With 0...1, which every operator takes.
    private func fill(_ values: UnsafeMutableBufferPointer<Float>, _ random: inout SplitMix64) {
        for index in values.indices { values[index] = Float(random.value(in: 0...1)) }
    }
}
