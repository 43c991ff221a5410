import Pipeline

/// The places of a map from the hottest to the coldest.
///
/// Where heat is the same, chance decides, the same for the same seed: in the order of rows, all that is cold would be taken
/// from the top, and a map without any heat would be measured as one that is hot there.
package struct HeatOrder: Sendable {
    /// Which of equally hot places comes first: a rank for each place, and the place of each rank.
    private let ranks: [UInt32]
    private let places: [UInt32]

    var area: Int { places.count }

    package init(area: Int, seed: UInt64) {
        var random = SplitMix64(seed)
        // Fisher and Yates: `shuffled(using:)` does not promise to stay the same.
        var places = (0..<UInt32(area)).map { $0 }
        for last in stride(from: area - 1, to: 0, by: -1) {
            places.swapAt(last, Int(random.next() % UInt64(last + 1)))
        }
        var ranks = places
        for rank in 0..<area { ranks[Int(places[rank])] = UInt32(rank) }
        (self.places, self.ranks) = (places, ranks)
    }

    /// - Parameter heat: Float `[height, width]`.
    package func callAsFunction(_ heat: [Float]) -> [UInt32] {
        precondition(heat.count == ranks.count)
        // Whole numbers are sorted several times as fast as places by what lies there.
        var keys = heat.indices.map { UInt64(~heat[$0].ordered) << 32 | UInt64(ranks[$0]) }
        keys.sort()
        return keys.map { places[Int(truncatingIfNeeded: $0 & 0xffff_ffff)] }
    }
}

extension Float {
    /// A number that is larger where this is.
    fileprivate var ordered: UInt32 {
        // 0 and -0 are equally hot.
        let bits = (self + 0).bitPattern
        return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    }
}
