/// What was measured of several ways to compute the same.
struct Contest: Codable, Sendable, Equatable {
    struct Entrant: Codable, Sendable, Equatable {
        let name: String
        /// One inference, the median over the rounds.
        let milliseconds: Double
        /// Whether its scores are those of the first entrant, but for rounding.
        var agrees = true
    }

    /// The first one is taken unless another is clearly faster.
    let entrants: [Entrant]

    /// The position of the fastest that agrees.
    ///
    /// - Parameter margin: share of the first one's time that another must save.
    func winner(margin: Double) -> Int {
        let others = entrants.indices.dropFirst().filter { entrants[$0].agrees }
        guard let first = entrants.first,
            let best = others.min(by: { entrants[$0].milliseconds < entrants[$1].milliseconds }),
            entrants[best].milliseconds < first.milliseconds * (1 - margin)
        else { return 0 }
        return best
    }

    /// Such as "f32: 3.6 ms, bf16: 5.3 ms".
    var text: String {
        entrants.map { entrant in
            let time = (entrant.milliseconds * 10).rounded() / 10
            return "\(entrant.name): \(time) ms\(entrant.agrees ? "" : ", but other scores")"
        }.joined(separator: ", ")
    }

    /// Times each entrant once a round, one after the other, so that a slow moment hits all of them alike.
    ///
    /// - Parameters:
    ///   - time: runs the entrant of this position; milliseconds.
    ///   - budget: milliseconds in all, after which no round is begun, unless there are fewer than three.
    /// - Returns: each entrant's median.
    static func medians<Failure: Error>(
        of count: Int, budget: Double, time: (_ entrant: Int) throws(Failure) -> Double
    ) throws(Failure) -> [Double] {
        var times = [[Double]](repeating: [], count: count)
        var spent = 0.0
        for round in 0..<mostRounds where round < fewestRounds || spent < budget {
            for entrant in 0..<count {
                let taken = try time(entrant)
                times[entrant].append(taken)
                spent += taken
            }
        }
        return times.map { $0.sorted()[$0.count / 2] }
    }

    private static let fewestRounds = 3
    private static let mostRounds = 15
}
