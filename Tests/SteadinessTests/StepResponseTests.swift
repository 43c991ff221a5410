import Foundation
import Pipeline
import Testing

@testable import Steadiness

struct StepResponseTests {
    private let here = Maps.blob(atX: 40, y: 60)
    private let there = Maps.blob(atX: 120, y: 60)

    private var step: [Heatmap] { Array(repeating: here, count: 10) + Array(repeating: there, count: 30) }

    @Test func withoutAFilterTheMapIsThereAtOnce() {
        #expect(StepResponse(step, step: 10).lag() == 0)
    }

    @Test(arguments: [2.0, 5.0]) func anExponentialFilterLagsByItsTimeConstant(frames: Double) throws {
        let maps = Maps.smoothed(step, past: Float(exp(-1 / frames)))
        let response = StepResponse(maps, step: 10)
        #expect(try #require(response.lag()) == Int(frames) - 1)
        #expect(abs(response.progress[0] - (1 - exp(-1 / frames))) < 0.01)
    }

    @Test func noiseAcrossTheWayDoesNotCount() {
        var maps = step
        // The corner is cold in both.
        for index in maps.indices { maps[index].values[47] = index % 2 == 0 ? 0.4 : 0 }
        #expect(StepResponse(maps, step: 10).lag() == 0)
    }

    @Test func aFrozenMapNeverArrives() {
        let response = StepResponse(Array(repeating: here, count: 40), step: 10)
        #expect(response.lag() == nil && response.size == 0)
    }

    @Test func aMapThatHardlyMovesDoesNotArrive() {
        let slight = step.map { map in
            var map = map
            for cell in map.values.indices { map.values[cell] = 0.5 + 0.05 * map.values[cell] }
            return map
        }
        #expect(StepResponse(slight, step: 10).lag() == 0)
        #expect(StepResponse(slight, step: 10).lag(least: StepResponse(step, step: 10).size / 4) == nil)
    }
}
