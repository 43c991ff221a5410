import CSteady
import Glibc

/// One-Euro filter: steady while the map stands still, quick while it moves.
///
/// Casiez et al. 2012, "1€ Filter", CHI, doi:10.1145/2207676.2208639: an exponential average whose cut-off frequency rises
/// with the speed of the signal, which is itself low-passed. Here in time constants rather than frequencies
/// (τ = 1 / 2πf), and integrated over the time between two maps: the past counts exp(-Δt / τ - β · way), where `way` is how
/// far the low-passed map m went in that time, Σ|Δm| as a share of its spread Σ|m - mean(m)|. So neither the frame
/// rate nor the unit of the maps matters.
///
/// The speed is the map's, not each cell's. Where a hot spot moves on, the cells that it left stand still: by themselves
/// they would fade slowly and leave a trail, while the spot's way speeds up all of them. And the noise of single cells is
/// averaged before it can open the filter.
final class OneEuroFilter: TemporalFilter {
    /// β: without unit. A hot spot that goes elsewhere (its way is about 1) leaves exp(-2.5) of itself.
    static let beta: Float = 2.5
    /// τ of m in seconds.
    static let speedTimeConstant = 0.3

    /// While the map stands still.
    var timeConstant: Double
    /// y, what was given out last.
    private var past: [Float] = []
    /// m.
    private var slow: [Float] = []

    init(timeConstant: Double) { self.timeConstant = timeConstant }

    func filter(_ map: inout [Float], after elapsed: Double) {
        guard past.count == map.count else {
            past.replace(with: map)
            slow.replace(with: map)
            return
        }
        let way = way(to: map, after: elapsed)
        let weight = Float(exp(-elapsed / timeConstant)) * expf(-Self.beta * way)
        past.follow(&map, keeping: weight)
    }

    /// Moves m towards a map.
    ///
    /// - Returns: how far that was, as a share of the map's spread.
    private func way(to map: [Float], after elapsed: Double) -> Float {
        // The mean of both ends of the way: the same however many steps it is made in.
        let before = slow.spread
        let way = slow.approach(map, by: Float(-expm1(-elapsed / Self.speedTimeConstant)))
        return way > 0 ? 2 * way / (before + slow.spread) : 0
    }

    func forget() {
        past.removeAll(keepingCapacity: true)
        slow.removeAll(keepingCapacity: true)
    }

    func move(_ change: (UnsafeMutableBufferPointer<Float>) -> Void) {
        guard !past.isEmpty else { return }
        past.withUnsafeMutableBufferPointer { change($0) }
        slow.withUnsafeMutableBufferPointer { change($0) }
    }
}

extension [Float] {
    /// Σ|m - mean(m)|.
    fileprivate var spread: Float {
        withUnsafeBufferPointer { csteady_spread($0.baseAddress, Int32($0.count)) }
    }

    /// Goes a share of the way towards a map.
    ///
    /// - Returns: Σ|Δ|.
    fileprivate mutating func approach(_ map: [Float], by share: Float) -> Float {
        precondition(count == map.count)
        return withUnsafeMutableBufferPointer { slow in
            map.withUnsafeBufferPointer { map in
                csteady_approach(slow.baseAddress, map.baseAddress, share, Int32(map.count))
            }
        }
    }
}
