import Pipeline
import Testing

@testable import Steadiness

struct FidelityTests {
    @Test func correlationSeesShapeAndNotScale() {
        let map = Maps.blob(atX: 40, y: 60)
        var scaled = map
        scaled.values = map.values.map { 0.2 + 0.5 * $0 }
        var opposite = map
        opposite.values = map.values.map { 1 - $0 }
        #expect(abs(Fidelity.correlation(map, scaled) - 1) < 1e-6)
        #expect(abs(Fidelity.correlation(map, opposite) + 1) < 1e-6)
        #expect(Fidelity.correlation(map, Maps.blob(atX: 140, y: 20)) < 0.2)
    }

    @Test func aConstantMapTellsNothing() {
        #expect(Fidelity.correlation(Maps.blob(atX: 40, y: 60), Maps.constant(1)) == 0)
        #expect(Fidelity.correlation(Maps.constant(0), Maps.constant(0)) == 0)
    }

    @Test func thePeakIsInTheBoxOrNot() {
        let box = PixelBox(x0: 30, y0: 40, x1: 60, y1: 80)
        let maps = [Maps.blob(atX: 40, y: 60), Maps.blob(atX: 130, y: 60), Maps.constant(0), Maps.blob(atX: 40, y: 60)]
        func share(_ boxes: [PixelBox?]) -> Double? {
            Fidelity.peakInBox(maps, boxes, pictureWidth: Maps.width, pictureHeight: Maps.height)
        }
        #expect(share([box, box, box, box]) == 0.5)
        #expect(share([box, nil, nil, nil]) == 1)
        #expect(share([nil, nil, nil, nil]) == nil)
    }

    @Test func switchesAreCounted() {
        #expect(Fidelity.switches([[1], [1], [2], [1, 1], [1, 1]]) == 2)
        #expect(Fidelity.switches([]) == 0 && Fidelity.switches([[7]]) == 0)
    }
}
