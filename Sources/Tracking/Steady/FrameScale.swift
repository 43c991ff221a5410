import CSteady
package import Pipeline

/// The colour scale that a map has by itself: from what is no evidence to its strongest places, as its method says.
struct FrameScale {
    private let zero: ZeroLevel
    private let saturatedShare: Double
    private var highValue = HighValue()

    init(_ traits: MapTraits) {
        zero = traits.zero
        saturatedShare = traits.saturatedShare
    }

    mutating func callAsFunction(_ values: [Float]) -> ColourScale { scale(values, above: saturatedShare) }

    /// The same with at least this share of the places above.
    mutating func callAsFunction(_ values: [Float], above share: Double) -> ColourScale {
        scale(values, above: max(share, saturatedShare))
    }

    private mutating func scale(_ values: [Float], above share: Double) -> ColourScale {
        ColourScale(low: zero.value(of: values), high: highValue(values, above: share))
    }

    /// Turns values into heat, 0...1.
    static func apply(_ scale: ColourScale, to values: inout [Float]) {
        let full = scale.high - scale.low
        for cell in values.indices {
            values[cell] = full > 0 ? min(1, max(0, values[cell] - scale.low) / full) : 0
        }
    }
}

extension [Float] {
    /// The lowest and the highest value; 0 where there is none.
    var range: (low: Float, high: Float) {
        guard !isEmpty else { return (0, 0) }
        var (low, high): (Float, Float) = (0, 0)
        withUnsafeBufferPointer { csteady_range($0.baseAddress, Int32($0.count), &low, &high) }
        return (low, high)
    }
}

extension ZeroLevel {
    /// The value that is shown as 0.
    package func value(of values: [Float]) -> Float {
        switch self {
        case .zero: 0
        case .lowest: values.range.low
        }
    }
}
