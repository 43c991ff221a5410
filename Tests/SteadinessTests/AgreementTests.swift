import Pipeline
import Testing

@testable import Steadiness

struct AgreementTests {
    private let facts = ClipFacts(name: "video", width: Maps.width, height: Maps.height)

    private func rows(
        _ one: [Int], _ other: [Int], maps: ([Heatmap], [Heatmap])? = nil, looks: (Int, Int) = (1, 1)
    ) -> [Metric: Report.Row] {
        func recording(_ classes: [Int], _ maps: [Heatmap]?) -> MapSequence {
            var recording = MapSequence()
            for (index, classID) in classes.enumerated() {
                recording.append(
                    maps?[index] ?? Maps.constant(0), [classID], seconds: Double(index) / 30)
            }
            return recording
        }
        let agreement = Agreement(facts, recording(one, maps?.0), recording(other, maps?.1), looks: looks)
        return Dictionary(uniqueKeysWithValues: agreement.rows.map { ($0.metric, $0) })
    }

    @Test func theSlowestClassCounts() {
        let late = rows([1, 1, 2, 2, 2, 3, 3, 3], [1, 1, 1, 2, 2, 2, 2, 3])[.labelDelay]
        #expect(late?.steady == 2 && late?.isMet == false && late?.unit == "frames")
        #expect(rows([1, 2, 2, 3], [1, 1, 2, 3])[.labelDelay]?.isMet == true)
    }

    @Test func aClassThatNeverComesIsLateByItsStay() {
        #expect(rows([1, 2, 2, 2, 1, 1], [1, 1, 1, 1, 1, 1])[.labelDelay]?.steady == 3)
        #expect(rows([1, 1, 1], [1, 2, 1])[.labelDelay] == nil)
    }

    @Test func mapsAreComparedWhereThereIsHeat() {
        let (blob, other) = (Maps.blob(atX: 40, y: 60), Maps.blob(atX: 140, y: 20))
        let none = Maps.constant(0)
        let same = rows([1, 1], [1, 1], maps: ([blob, none], [blob, none]))[.agreement]
        #expect(abs((same?.steady ?? 0) - 1) < 1e-6 && same?.isMet == true)
        let half = rows([1, 1], [1, 1], maps: ([blob, blob], [blob, none]))[.agreement]
        #expect(abs((half?.steady ?? 0) - 0.5) < 1e-6)
        #expect((rows([1], [1], maps: ([blob], [other]))[.agreement]?.steady ?? 1) < 0.2)
        #expect(rows([1], [1])[.agreement] == nil)
    }

    @Test func whatIsLookedAtIsAShare() {
        let row = rows([1, 1, 1, 1], [1, 1, 1, 1], looks: (4, 1))[.lookedAt]
        #expect(row?.raw == 100 && row?.steady == 25 && row?.ratio == 0.25 && row?.goal == nil)
    }
}
