extension Taps {
    /// What these taps of pixels are in chroma samples that lie further apart: chroma between its samples is interpolated
    /// by straight lines, as libjpeg and good players do it.
    ///
    /// - Parameters:
    ///   - step: pixels from one sample to the next.
    ///   - place: of the first sample, in pixels from the middle of the first pixel.
    ///   - count: how many samples there are.
    func ofChroma(step: Int, place: Double, count: Int) -> Taps {
        if step == 1 { return self }
        let parts = weights.enumerated().flatMap { offset, weight in
            let position = (Double(first + offset) - place) / Double(step)
            let low = position.rounded(.down)
            let pair = Interpolation.between(Int(low), share: position - low, count)
            return pair.weights.enumerated().map { (sample: pair.first + $0.offset, weight: weight * $0.element) }
        }
        let start = parts.map(\.sample).min() ?? 0
        var sums = Array(repeating: 0.0, count: (parts.map(\.sample).max() ?? 0) - start + 1)
        for part in parts { sums[part.sample - start] += part.weight }
        return Taps(first: start, weights: sums)
    }
}
