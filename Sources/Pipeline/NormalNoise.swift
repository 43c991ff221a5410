import Glibc

/// Normally distributed numbers of mean 0 and deviation 1, the same for the same seed and draw. Box and Muller 1958,
/// doi:10.1214/aoms/1177706645.
package struct NormalNoise {
    private var random: SplitMix64

    package init(seed: UInt64, draw: Int) {
        random = SplitMix64(seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(draw))
    }

    package mutating func next() -> Float {
        let radius = (-2 * log(1 - random.value(in: 0...1))).squareRoot()
        return Float(radius * cos(random.value(in: 0...(2 * Double.pi))))
    }
}
