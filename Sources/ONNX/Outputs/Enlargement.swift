import Foundation

/// Matrices that enlarge and smooth one axis of a map; a map is enlarged by one on each side of it, in any operator set.
package enum Enlargement {
    /// Bilinear, with half a pixel at the ends, as PyTorch's `interpolate` without `align_corners`.
    ///
    /// - Returns: Float `[to, from]`, row-major.
    package static func bilinear(from count: Int, to size: Int) -> [Float] {
        var matrix = [Float](repeating: 0, count: size * count)
        for row in 0..<size {
            let place = (Double(row) + 0.5) * Double(count) / Double(size) - 0.5
            let inside = min(max(place, 0), Double(count - 1))
            let first = Int(inside)
            matrix[row * count + first] += Float(1 - (inside - Double(first)))
            matrix[row * count + min(first + 1, count - 1)] += Float(inside - Double(first))
        }
        return matrix
    }

    /// Enlarged to a picture's size, smoothed there by a Gaussian whose ends are mirrored, and averaged over squares of
    /// `share` pixels: as if the whole map had been smoothed, at a part of the cost.
    ///
    /// - Parameter sigma: in pixels of the picture.
    /// - Returns: Float `[size / share, from]`, row-major, its rows' sums 1; `size / share` is rounded up.
    package static func smoothed(from count: Int, to size: Int, sigma: Double, share: Int) -> [Float] {
        let enlarged = bilinear(from: count, to: size)
        let reach = Int((4 * sigma).rounded(.up))
        let kernel = (-reach...reach).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
        let rows = (size + share - 1) / share
        var matrix = [Double](repeating: 0, count: rows * count)
        for row in 0..<rows {
            let pixels = row * share..<min(size, (row + 1) * share)
            for pixel in pixels {
                for (offset, weight) in zip(-reach...reach, kernel) {
                    let from = mirrored(pixel + offset, size)
                    for column in 0..<count {
                        matrix[row * count + column] += weight * Double(enlarged[from * count + column])
                    }
                }
            }
            let sum = Double(pixels.count) * kernel.reduce(0, +)
            for column in 0..<count { matrix[row * count + column] /= sum }
        }
        return matrix.map { Float($0) }
    }

    /// - Parameter matrix: Float `[rows, columns]`.
    /// - Returns: Float `[columns, rows]`.
    package static func transposed(_ matrix: [Float], columns: Int) -> [Float] {
        let rows = matrix.count / columns
        return (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
    }

    /// A place that lies outside, as often as needed, mirrored at the first or the last one.
    private static func mirrored(_ place: Int, _ size: Int) -> Int {
        guard size > 1 else { return 0 }
        let period = 2 * (size - 1)
        let inside = ((place % period) + period) % period
        return inside < size ? inside : period - inside
    }
}
