/// Where a share lies, of which a sample is known: the score interval of Wilson 1927, "Probable inference, the law of
/// succession, and statistical inference", doi:10.1080/01621459.1927.10502953. It holds for few cases, too, and for 0 and 100 %.
package struct WilsonInterval: Sendable, Equatable, Codable {
    package let low: Double
    package let high: Double

    /// - Parameters:
    ///   - successes: of `count`, which is above 0.
    ///   - deviations: 1.96 holds the share in 95 of 100 samples.
    package init(_ successes: Int, of count: Int, deviations: Double = 1.959963984540054) {
        precondition(count > 0 && (0...count).contains(successes))
        let (n, share, z2) = (Double(count), Double(successes) / Double(count), deviations * deviations)
        let middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        let half = deviations / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)).squareRoot()
        // Of none and of all the end is known, whatever rounding says.
        low = successes == 0 ? 0 : max(0, middle - half)
        high = successes == count ? 1 : min(1, middle + half)
    }
}
