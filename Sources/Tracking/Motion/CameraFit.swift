import CMotion

/// Finds the motion of the whole picture that most cells agree with.
///
/// Each cell's motion counts as far as its texture determines it: an edge only across itself, a flat patch not at all.
/// Cells that disagree (Geman and McClure's estimator, its scale lowered step by step) count for nothing in the end.
struct CameraFit {
    let search: PatchSearch
    /// Squared grey levels a sample by which a patch differs from itself in the next picture.
    let noise: Float

    /// Noise is correlated between samples, as the planes are smoothed (6), and between cells, as patches overlap (4).
    private static let correlation: Float = 24
    /// Samples by which a well textured patch may still be wrong.
    private static let tolerance: Float = 0.08
    /// Prior for zoom and turn, in samples at the right border.
    private static let spread: Double = 4
    /// A displacement below this one, everywhere in the picture, is none: in a map that is smoothed over a fraction of a
    /// second it would not be seen.
    private static let smallest: Float = 0.05
    /// And so is one that noise alone may make: squared standard deviations.
    private static let leastSignificance = 25.0
    /// Share of the error that a motion may leave; interpolation alone takes a sixth of the noise away.
    private static let mostOfError: Float = 0.75

    /// - Parameter scratch: as many as there are cells.
    init(
        _ search: PatchSearch, _ cells: UnsafeMutableBufferPointer<CellMotion>,
        _ scratch: UnsafeMutableBufferPointer<Float>
    ) {
        self.search = search
        var errors = SortedNumbers(scratch)
        for cell in cells where cell.isInPicture && cell.wasInside {
            errors.insert(cell.foundError / CellMotion.samples)
        }
        // Most cells match well, so a low percentile is noise; where none does, it is bounded.
        noise = max(0.25, min(9, errors.value(atShare: 0.3) ?? 0))
    }

    /// - Parameters:
    ///   - shifts: motions that may be the whole picture's.
    ///   - before: its motion in the picture before.
    func camera(
        _ cells: UnsafeMutableBufferPointer<CellMotion>, shifts: (SIMD2<Float>, SIMD2<Float>), before: CameraMotion
    ) -> CameraMotion {
        var best = CameraMotion()
        var highest = support(best, cells)
        func consider(_ other: CameraMotion) {
            let support = support(other, cells)
            if support > highest { (best, highest) = (other, support) }
        }
        consider(CameraMotion(shift: shifts.0))
        consider(CameraMotion(shift: shifts.1))
        consider(before)
        // Squared standard deviations up to which a cell agrees.
        var scale: Float = 600
        var significance = 0.0
        for _ in 0..<6 {
            (best, significance) = improved(best, cells, scale)
            scale = max(20, scale / 3)
        }
        let largest = largest(best)
        if largest < Self.smallest || significance < Self.leastSignificance { return CameraMotion() }
        return largest < 1 || explains(best, cells) ? best : CameraMotion()
    }

    /// Whether a motion explains the picture much better than none does. In noise on nothing the best match is somewhere,
    /// and no better than others.
    private func explains(_ camera: CameraMotion, _ cells: UnsafeMutableBufferPointer<CellMotion>) -> Bool {
        var (still, moved): (Float, Float) = (0, 0)
        for cell in cells where cell.isInPicture {
            guard let one = search.error(cell, at: .zero),
                let other = search.error(cell, at: camera.at(cell.patchMiddle))
            else { continue }
            still += one
            moved += other
        }
        return moved < Self.mostOfError * still
    }

    /// The inverse of a found motion's covariance.
    private func information(_ cell: CellMotion) -> (xx: Float, xy: Float, yy: Float) {
        let stiffness = 0.02 * CellMotion.samples
        // Noise has gradients, too, which say nothing: smoothed as it is, about a quarter of its power.
        let ofNoise = 0.25 * noise * CellMotion.samples
        let xx = max(stiffness, cell.texture.xx - ofNoise)
        let yy = max(stiffness, cell.texture.yy - ofNoise)
        let xy = cell.texture.xy
        let inverse = inverse(xx, xy * xy < xx * yy ? xy : 0, yy)
        let variance = noise * Self.correlation
        let floor = Self.tolerance * Self.tolerance
        return self.inverse(variance * inverse.xx + floor, variance * inverse.xy, variance * inverse.yy + floor)
    }

    private func inverse(_ xx: Float, _ xy: Float, _ yy: Float) -> (xx: Float, xy: Float, yy: Float) {
        let determinant = xx * yy - xy * xy
        return (yy / determinant, -xy / determinant, xx / determinant)
    }

    /// How many cells agree, roughly.
    private func support(_ camera: CameraMotion, _ cells: UnsafeMutableBufferPointer<CellMotion>) -> Float {
        var sum: Float = 0
        for cell in cells where cell.isInPicture && cell.wasInside {
            let k = information(cell)
            let d = cell.found - camera.at(cell.patchMiddle)
            let distance = k.xx * d.x * d.x + 2 * k.xy * d.x * d.y + k.yy * d.y * d.y
            // A flat cell agrees with everything, and so says nothing.
            sum += min(1, (k.xx + k.yy) * 0.05) / (1 + distance / 200)
        }
        return sum
    }

    /// One step of iteratively reweighted least squares.
    ///
    /// - Returns: the motion, and its squared distance from none in standard deviations.
    private func improved(
        _ camera: CameraMotion, _ cells: UnsafeMutableBufferPointer<CellMotion>, _ scale: Float
    ) -> (CameraMotion, significance: Double) {
        // Unknowns: shift, zoom, turn.
        let prior = 1 / (Self.spread * Self.spread)
        var normal = (
            SIMD4<Double>(1e-4, 0, 0, 0), SIMD4<Double>(0, 1e-4, 0, 0), SIMD4<Double>(0, 0, prior, 0),
            SIMD4<Double>(0, 0, 0, prior)
        )
        var right = SIMD4<Double>.zero
        for cell in cells where cell.isInPicture && cell.wasInside {
            let k = information(cell)
            let d = cell.found - camera.at(cell.patchMiddle)
            let distance = k.xx * d.x * d.x + 2 * k.xy * d.x * d.y + k.yy * d.y * d.y
            let damping = 1 + distance / scale
            let weight = 1 / (damping * damping)
            let (xx, xy, yy) = (Double(k.xx * weight), Double(k.xy * weight), Double(k.yy * weight))
            let place = SIMD2<Double>(cell.patchMiddle)
            let (x, y) = (SIMD4<Double>(1, 0, place.x, -place.y), SIMD4<Double>(0, 1, place.y, place.x))
            let (along, across) = (xx * x + xy * y, xy * x + yy * y)
            normal.0 += along.x * x + across.x * y
            normal.1 += along.y * x + across.y * y
            normal.2 += along.z * x + across.z * y
            normal.3 += along.w * x + across.w * y
            right += Double(cell.found.x) * along + Double(cell.found.y) * across
        }
        let solution = Self.solve(normal, right)
        let found = CameraMotion(
            shift: [Float(solution.x), Float(solution.y)], zoom: Float(solution.z), turn: Float(solution.w))
        return (found, (solution * right).sum())
    }

    /// Gauss-Jordan elimination; positive definite, so that no pivot has to be looked for.
    private static func solve(
        _ matrix: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>), _ right: SIMD4<Double>
    ) -> SIMD4<Double> {
        var (a, b, c, d) = matrix
        var x = right
        (a, x.x) = (a / a.x, x.x / a.x)
        (b, x.y) = (b - b.x * a, x.y - b.x * x.x)
        (c, x.z) = (c - c.x * a, x.z - c.x * x.x)
        (d, x.w) = (d - d.x * a, x.w - d.x * x.x)
        (b, x.y) = (b / b.y, x.y / b.y)
        (c, x.z) = (c - c.y * b, x.z - c.y * x.y)
        (d, x.w) = (d - d.y * b, x.w - d.y * x.y)
        (c, x.z) = (c / c.z, x.z / c.z)
        (d, x.w) = (d - d.z * c, x.w - d.z * x.z)
        x.w /= d.w
        x.z -= c.w * x.w
        x.y -= b.z * x.z + b.w * x.w
        x.x -= a.y * x.y + a.z * x.z + a.w * x.w
        return x
    }

    private func largest(_ camera: CameraMotion) -> Float {
        var largest: Float = 0
        for place in 0..<4 {
            let motion = camera.at([place & 1 == 0 ? -1 : 1, place & 2 == 0 ? -1 : 1])
            largest = max(largest, abs(motion.x), abs(motion.y))
        }
        return largest
    }
}
