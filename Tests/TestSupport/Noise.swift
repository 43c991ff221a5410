import Pipeline

/// Numbers that look random and are the same in every run.
package struct Noise: RandomNumberGenerator {
    private var generator: SplitMix64

    package init(_ seed: UInt64) { generator = SplitMix64(seed) }

    package mutating func next() -> UInt64 { generator.next() }

    /// Mean 0, standard deviation 1: the sum of four uniform numbers.
    package mutating func gaussian() -> Float {
        let bits = next()
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
        return (Float(sum) / 65536 - 2) * Float(3).squareRoot()
    }

    /// `count` values of 0...1.
    package mutating func values(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: 0...1, using: &self) }
    }
}
