import CSteady
import Glibc

/// Exponential moving average: the weight of the past is exp(-Δt / τ).
///
/// A step is followed to 63 % within τ.
final class ExponentialFilter: TemporalFilter {
    var timeConstant: Double
    private var past: [Float] = []

    init(timeConstant: Double) { self.timeConstant = timeConstant }

    func filter(_ map: inout [Float], after elapsed: Double) {
        guard past.count == map.count else { return past.replace(with: map) }
        let weight = Float(exp(-elapsed / timeConstant))
        past.follow(&map, keeping: weight)
    }

    func forget() { past.removeAll(keepingCapacity: true) }

    func move(_ change: (UnsafeMutableBufferPointer<Float>) -> Void) {
        if !past.isEmpty { past.withUnsafeMutableBufferPointer { change($0) } }
    }
}

extension [Float] {
    /// Moves towards a map, which becomes the same.
    ///
    /// - Parameter weight: of what was here before, 0...1.
    mutating func follow(_ map: inout [Float], keeping weight: Float) {
        precondition(count == map.count)
        withUnsafeMutableBufferPointer { past in
            map.withUnsafeMutableBufferPointer { map in
                csteady_follow(past.baseAddress, map.baseAddress, weight, Int32(map.count))
            }
        }
    }

    /// Takes over other values, in the memory that it has.
    mutating func replace(with other: [Float]) {
        removeAll(keepingCapacity: true)
        append(contentsOf: other)
    }
}
