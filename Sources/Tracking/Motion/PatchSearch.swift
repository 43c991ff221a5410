import CMotion

/// Finds each cell's motion by comparing its patch with the previous picture: candidates first, a search where none of
/// them fits, then Gauss-Newton steps to a fraction of a sample (Lucas and Kanade 1981, in the inverse compositional form
/// of Baker and Matthews 2004, doi:10.1023/B:VISI.0000011205.11775.fd).
struct PatchSearch {
    let current: LumaPyramid
    let previous: LumaPyramid
    let columns: Int
    let rows: Int
    let version: cmotion_version
    /// What the previous picture's samples are multiplied with.
    var gain: Float = 1

    /// Cells of one picture that may be searched, so that the time is bounded.
    static let mostSearches = 40
    /// Samples of the middle scale, either way, in steps of 2.
    static let searchRange = 10

    private var middleSize: Int { CellMotion.patchSize / 2 }

    /// At the middle scale: neighbours hand their motion on, forwards and backwards.
    ///
    /// - Parameters:
    ///   - cells: `found` is the motion before, and becomes the one now.
    ///   - shifts: of the whole picture, in samples of the finest plane.
    func findCoarsely(_ cells: UnsafeMutableBufferPointer<CellMotion>, _ shifts: (SIMD2<Float>, SIMD2<Float>)) {
        var searches = 0
        for row in 0..<rows {
            for column in 0..<columns {
                let index = row * columns + column
                let patch = middlePatch(cells[index])
                let texture = patch.texture()
                var best = Candidate(patch, .zero)
                best.consider(patch, shifts.0 * 0.5)
                best.consider(patch, shifts.1 * 0.5)
                best.consider(patch, cells[index].found * 0.5)
                if column > 0 { best.consider(patch, cells[index - 1].found * 0.5) }
                if row > 0 { best.consider(patch, cells[index - columns].found * 0.5) }
                if searches < Self.mostSearches, best.error > 0.3 * texture.energy, best.error > 12 * 64 {
                    searches += 1
                    search(patch, around: shifts.0 * 0.5, &best)
                }
                refine(patch, texture, &best, steps: 3)
                cells[index].found = best.motion * 2
                cells[index].foundError = best.error
            }
        }
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() {
                let index = row * columns + column
                let patch = middlePatch(cells[index])
                var best = Candidate(motion: cells[index].found * 0.5, error: cells[index].foundError)
                let own = best.motion
                if column + 1 < columns { best.consider(patch, cells[index + 1].found * 0.5) }
                if row + 1 < rows { best.consider(patch, cells[index + columns].found * 0.5) }
                if best.motion != own {
                    refine(patch, patch.texture(), &best, steps: 2)
                    cells[index].found = best.motion * 2
                    cells[index].foundError = best.error
                }
            }
        }
    }

    /// At the finest scale, from the coarser result and those of the neighbours.
    ///
    /// - Parameter scratch: as many as there are cells.
    func findFinely(
        _ cells: UnsafeMutableBufferPointer<CellMotion>, _ scratch: UnsafeMutableBufferPointer<SIMD2<Float>>
    ) {
        for index in cells.indices { scratch[index] = cells[index].found }
        for row in 0..<rows {
            for column in 0..<columns {
                let index = row * columns + column
                let patch = finePatch(cells[index])
                cells[index].texture = patch.texture()
                var best = Candidate(patch, .zero)
                best.consider(patch, scratch[index])
                if column > 0 { best.consider(patch, scratch[index - 1]) }
                if column + 1 < columns { best.consider(patch, scratch[index + 1]) }
                if row > 0 { best.consider(patch, scratch[index - columns]) }
                if row + 1 < rows { best.consider(patch, scratch[index + columns]) }
                refine(patch, cells[index].texture, &best, steps: 4)
                cells[index].found = best.motion
                cells[index].foundError = best.error
                cells[index].wasInside = patch.isWhole(best.motion)
            }
        }
    }

    /// How much stronger the contrast has become: the median of what the cells say.
    ///
    /// - Parameter scratch: as many as there are cells.
    func exposure(
        _ cells: UnsafeMutableBufferPointer<CellMotion>, _ scratch: UnsafeMutableBufferPointer<Float>
    ) -> Float {
        var ratios = SortedNumbers(scratch)
        for cell in cells where cell.isInPicture && cell.texture.energy > 16 * CellMotion.samples {
            // At whole samples, as interpolation lowers the contrast.
            guard let match = match(cell, at: cell.found.rounded(.toNearestOrEven)), match.energy > 0 else { continue }
            ratios.insert((cell.texture.energy / match.energy).squareRoot() * gain)
        }
        // Few cells say nothing about the whole.
        guard ratios.count * 4 > cells.count, let median = ratios.value(atShare: 0.5) else { return 1 }
        return max(0.5, min(2, median))
    }

    /// A cell's squared differences if it moved so; nil if any of it came from outside.
    func error(_ cell: CellMotion, at motion: SIMD2<Float>) -> Float? {
        let patch = finePatch(cell)
        return patch.isWhole(motion) ? patch.error(motion) : nil
    }

    func match(_ cell: CellMotion, at motion: SIMD2<Float>) -> cmotion_match? {
        let patch = finePatch(cell)
        return patch.isWhole(motion) ? patch.match(cell.texture, motion) : nil
    }

    private func finePatch(_ cell: CellMotion) -> Patch {
        Patch(
            current.fine, previous.fine, x: cell.x, y: cell.y, size: CellMotion.patchSize, gain: gain, version)
    }

    private func middlePatch(_ cell: CellMotion) -> Patch {
        let samples = current.middle.samples
        return Patch(
            current.middle, previous.middle, x: min(cell.x / 2, Int(samples.width) - middleSize),
            y: min(cell.y / 2, Int(samples.height) - middleSize), size: middleSize, gain: gain, version)
    }

    private func search(_ patch: Patch, around centre: SIMD2<Float>, _ best: inout Candidate) {
        for y in stride(from: -Self.searchRange, through: Self.searchRange, by: 2) {
            for x in stride(from: -Self.searchRange, through: Self.searchRange, by: 2) {
                best.consider(patch, centre + [Float(x), Float(y)])
            }
        }
    }

    /// Gauss-Newton steps; one that leads uphill ends them.
    private func refine(_ patch: Patch, _ texture: cmotion_texture, _ best: inout Candidate, steps: Int) {
        // A little stiffness, in squared grey levels a sample: flat patches don't run away.
        let stiffness = 0.05 * Float(patch.c.size * patch.c.size) + 0.003 * (texture.xx + texture.yy)
        let (xx, yy) = (texture.xx + stiffness, texture.yy + stiffness)
        let determinant = xx * yy - texture.xy * texture.xy
        var motion = best.motion
        for _ in 0..<steps {
            guard patch.canCompare(motion) else { return }
            let match = patch.match(texture, motion)
            if match.error < best.error { best = Candidate(motion: motion, error: match.error) }
            if match.error > best.error * 1.0001 { return }
            var step = SIMD2<Float>(
                (yy * match.x - texture.xy * match.y) / determinant,
                (xx * match.y - texture.xy * match.x) / determinant)
            step = step.clamped(lowerBound: [-1.5, -1.5], upperBound: [1.5, 1.5])
            motion += step
            if abs(step.x) + abs(step.y) < 0.02 { break }
        }
        best.consider(patch, motion)
    }
}

/// A square of one scale, and the previous picture around it.
private struct Patch {
    var c: cmotion_patch
    private let low: SIMD2<Float>
    private let high: SIMD2<Float>
    private let version: cmotion_version

    init(
        _ current: LumaPyramid.Level, _ previous: LumaPyramid.Level, x: Int, y: Int, size: Int, gain: Float,
        _ version: cmotion_version
    ) {
        c = current.patch(x: x, y: y, size: size, previous: previous, gain: gain)
        self.version = version
        // At most half of the patch may lie outside of the previous picture.
        let half = Float(size / 2)
        let (width, height) = (Float(current.samples.width), Float(current.samples.height))
        high = [Float(x) + half, Float(y) + half]
        low = [Float(x) + half - width, Float(y) + half - height]
    }

    func canCompare(_ motion: SIMD2<Float>) -> Bool {
        motion.x >= low.x && motion.y >= low.y && motion.x <= high.x && motion.y <= high.y
    }

    /// Whether all of it lay in the previous picture, but for a sample.
    func isWhole(_ motion: SIMD2<Float>) -> Bool {
        let rest = Float(c.size / 2 - 1)
        return motion.x >= low.x + rest && motion.y >= low.y + rest && motion.x <= high.x - rest
            && motion.y <= high.y - rest
    }

    func texture() -> cmotion_texture { cmotion_texture_of(c, version) }

    func error(_ motion: SIMD2<Float>) -> Float { cmotion_error_at(c, motion.x, motion.y, version) }

    func match(_ texture: cmotion_texture, _ motion: SIMD2<Float>) -> cmotion_match {
        cmotion_match_at(c, texture, motion.x, motion.y, version)
    }
}

private struct Candidate {
    var motion: SIMD2<Float>
    var error: Float

    init(motion: SIMD2<Float>, error: Float) {
        self.motion = motion
        self.error = error
    }

    /// - Parameter motion: one that can be compared.
    init(_ patch: Patch, _ motion: SIMD2<Float>) { self.init(motion: motion, error: patch.error(motion)) }

    mutating func consider(_ patch: Patch, _ other: SIMD2<Float>) {
        let difference = other - motion
        guard abs(difference.x) + abs(difference.y) > 0.05, patch.canCompare(other) else { return }
        let error = patch.error(other)
        if error < self.error { self = Candidate(motion: other, error: error) }
    }
}
