import Pipeline

/// Numbers that look random and are the same in every run.
package struct Noise: RandomNumberGenerator {
    private var generator: SplitMix64

    package init(_ seed: UInt64) { generator = SplitMix64(seed) }

    package mutating func next() -> UInt64 { generator.next() }

    /// `count` values of 0...1.
    package mutating func values(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: 0...1, using: &self) }
    }
}
