import Glibc

extension InputPicture {
    /// The picture that insertion begins with: colours are there, shapes are not.
    ///
    /// Petsiuk et al. 2018, arXiv:1806.07421, section 4.2; kernel and border as in the authors' code (evaluation.py,
    /// `gkern(11, 5)`): a Gaussian of deviation 5 on 11 × 11 places whose tails are folded back, the mean colour beyond the
    /// border.
    var blurred: InputPicture {
        let kernel = Self.kernel
        let reach = kernel.count / 2
        let rows = convolved(values, count: height, stride: width, kernel, reach)
        return InputPicture(
            channels: channels, height: height, width: width,
            values: convolved(rows, count: width, stride: 1, kernel, reach))
    }

    /// - Parameters:
    ///   - count: places along the axis.
    ///   - stride: from one to the next.
    private func convolved(_ values: [Float], count: Int, stride: Int, _ kernel: [Float], _ reach: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        values.withUnsafeBufferPointer { values in
            result.withUnsafeMutableBufferPointer { result in
                for index in values.indices {
                    let place = index / stride % count
                    var sum: Float = 0
                    for offset in max(-reach, -place)...min(reach, count - 1 - place) {
                        sum += kernel[reach + offset] * values[index + offset * stride]
                    }
                    result[index] = sum
                }
            }
        }
        return result
    }

    private static let kernel: [Float] = {
        let (size, deviation, reach) = (11, 5.0, 20)
        let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        var folded = [Double](repeating: 0, count: size)
        for (index, weight) in weights.enumerated() {
            // Mirrored at the edges of the outermost places, as often as it takes.
            let place = (index - reach + size / 2) % (2 * size)
            let inside = place < 0 ? place + 2 * size : place
            folded[inside < size ? inside : 2 * size - 1 - inside] += weight
        }
        let sum = weights.reduce(0, +)
        return folded.map { Float($0 / sum) }
    }()
}
