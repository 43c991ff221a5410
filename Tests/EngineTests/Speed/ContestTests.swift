import Testing

@testable import Engine

/// The choice from what was timed.
struct ContestTests {
    private func contest(_ entrants: (String, Double, Bool)...) -> Contest {
        Contest(entrants: entrants.map { Contest.Entrant(name: $0.0, milliseconds: $0.1, agrees: $0.2) })
    }

    @Test func theFastestWins() {
        let contest = contest(("f32", 3.6, true), ("bf16", 2.1, true), ("f16", 2.4, true))
        #expect(contest.winner(margin: 0.05) == 1)
    }

    @Test func aProcessorThatIsSlowInBF16ComputesInF32() {
        let contest = contest(("f32", 3.61, true), ("bf16", 5.33, true))
        #expect(contest.winner(margin: 0.05) == 0)
        #expect(contest.text == "f32: 3.6 ms, bf16: 5.3 ms")
    }

    @Test func whatGivesOtherScoresDoesNotWin() {
        let contest = contest(("f32", 4, true), ("bf16", 1, false), ("f16", 2, true))
        #expect(contest.winner(margin: 0.05) == 2)
        #expect(contest.text == "f32: 4.0 ms, bf16: 1.0 ms, but other scores, f16: 2.0 ms")
    }

    @Test func aHairIsNotEnough() {
        #expect(contest(("f32", 4, true), ("bf16", 3.9, true)).winner(margin: 0.05) == 0)
        #expect(contest(("f32", 4, true), ("bf16", 3.7, true)).winner(margin: 0.05) == 1)
    }

    @Test func entrantsAreTimedInTurnsAndTheMedianCounts() {
        // One slow moment of each, as another program makes them.
        let script: [[Double]] = [[9, 3, 4], [2, 50, 1]]
        var (order, runs): ([Int], [Int]) = ([], [0, 0])
        let medians = Contest.medians(of: 2, budget: 0) { entrant in
            order.append(entrant)
            defer { runs[entrant] += 1 }
            return script[entrant][runs[entrant]]
        }
        #expect(order == [0, 1, 0, 1, 0, 1])
        #expect(medians == [4, 2])
    }

    @Test func aQuickModelIsTimedOftenButNotForEver() {
        var runs = 0
        _ = Contest.medians(of: 1, budget: 10) { _ in
            runs += 1
            return 2
        }
        #expect(runs == 5)
        runs = 0
        _ = Contest.medians(of: 1, budget: 1000) { _ in
            runs += 1
            return 0.001
        }
        #expect(runs == 15)
    }

    @Test(
        arguments: [
            ([1, 2, 3], [1.01, 2, 2.99], true), ([1, 2, 3], [1.2, 2, 3], false), ([1, 2], [1, .nan], false),
            ([.nan, 1], [.nan, 1], false), ([5, 5], [5.1, 5], true), ([1], [], false),
        ] as [([Float], [Float], Bool)])
    func scoresAgreeWithinAShareOfTheirRange(exact: [Float], scores: [Float], agree: Bool) {
        #expect(ScoreAgreement.holds(scores, exact, tolerance: 0.03) == agree)
    }
}
