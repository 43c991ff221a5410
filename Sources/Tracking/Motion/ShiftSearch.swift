import CMotion

/// How far the picture as a whole may have moved: peaks of the correlation of two coarse pictures, up to a quarter of
/// their width.
final class ShiftSearch {
    /// In samples of the coarse plane.
    private(set) var best = SIMD2<Float>(0, 0)
    /// Elsewhere: where a pattern repeats itself, or an object fills much of the picture.
    private(set) var second = SIMD2<Float>(0, 0)

    private let rangeX: Int
    private let rangeY: Int
    private let scores: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - width, height: of the coarse plane.
    init(width: Int, height: Int) {
        rangeX = (width + 3) / 4 + 1
        // As far in samples, unless too little would be left to compare.
        rangeY = min(rangeX, (height + 2) / 3)
        let count = (2 * rangeX + 1) * (2 * rangeY + 1)
        scores = .allocate(capacity: count)
        scores.initialize(repeating: 0, count: count)
        scratch = .allocate(capacity: 2 * (width + 1) * (height + 1))
        scratch.initialize(repeating: 0, count: 2 * (width + 1) * (height + 1))
    }

    deinit {
        scores.deallocate()
        scratch.deallocate()
    }

    func update(current: cmotion_plane, previous: cmotion_plane, _ version: cmotion_version) {
        cmotion_correlate(current, previous, Int32(rangeX), Int32(rangeY), scratch, scores, version)
        let first = peak(awayFrom: nil)
        best = refined(first)
        second = refined(peak(awayFrom: first))
    }

    private func score(_ x: Int, _ y: Int) -> Float { scores[(y + rangeY) * (2 * rangeX + 1) + x + rangeX] }

    private func peak(awayFrom other: (x: Int, y: Int)?) -> (x: Int, y: Int) {
        var best = (x: 0, y: 0)
        var highest = -Float.infinity
        for y in -rangeY...rangeY {
            for x in -rangeX...rangeX where score(x, y) > highest {
                if let other, abs(x - other.x) <= 2 && abs(y - other.y) <= 2 { continue }
                highest = score(x, y)
                best = (x, y)
            }
        }
        return best
    }

    /// Between samples, by a parabola in each direction.
    private func refined(_ peak: (x: Int, y: Int)) -> SIMD2<Float> {
        func offset(_ before: Float, _ at: Float, _ after: Float) -> Float {
            let curvature = before - 2 * at + after
            return curvature < -1e-6 ? max(-0.5, min(0.5, 0.5 * (before - after) / curvature)) : 0
        }
        let at = score(peak.x, peak.y)
        let x =
            abs(peak.x) < rangeX ? offset(score(peak.x - 1, peak.y), at, score(peak.x + 1, peak.y)) : 0
        let y =
            abs(peak.y) < rangeY ? offset(score(peak.x, peak.y - 1), at, score(peak.x, peak.y + 1)) : 0
        return [Float(peak.x) + x, Float(peak.y) + y]
    }
}
