import Pipeline
import Testing

@testable import Steadiness

struct SampleGridTests {
    private let grid = SampleGrid(pictureWidth: Maps.width, pictureHeight: Maps.height)

    @Test func equalMapsDoNotChange() {
        let map = Maps.blob(atX: 70, y: 50)
        #expect(grid.change(from: map, to: map) == 0)
    }

    @Test func flickerIsTheMeanDifference() throws {
        let change = try #require(grid.change(from: Maps.constant(0.2), to: Maps.constant(0.7)))
        #expect(abs(change - 0.5) < 1e-6)
    }

    @Test func heatIsReadBetweenNodesAsItIsDrawn() throws {
        let ramp = Maps.map { column, _ in Float(column) / 7 }
        // Nodes lie at 10, 30, 50 ...
        #expect(abs(try #require(ramp.heat(at: SIMD2(10, 60)))) < 1e-6)
        #expect(abs(try #require(ramp.heat(at: SIMD2(20, 60))) - 0.5 / 7) < 1e-6)
        #expect(try #require(ramp.heat(at: SIMD2(159, 60))) == 1)
        #expect(ramp.heat(at: SIMD2(160, 60)) == nil && ramp.heat(at: SIMD2(-0.1, 60)) == nil)
    }

    @Test func aMapThatMovesWithThePictureHasNoWarpedErrorAndAFrozenOneHas() throws {
        // Linear inside the nodes: moving it by 5 pixels is exact there.
        func ramp(_ shift: Float) -> Heatmap { Maps.map { column, _ in 0.3 + (Float(column) * 20 + shift) / 400 } }
        // The picture's places were 5 pixels further right: what is shown moves left.
        let motion = Motion.camera(scale: 1, offset: SIMD2(5, 0))
        let followed = try #require(grid.change(from: ramp(0), to: ramp(5), motion))
        let frozen = try #require(grid.change(from: ramp(0), to: ramp(0), motion))
        // At the border the map is drawn flat.
        #expect(followed < 0.2 * frozen && frozen > 0.01)
    }

    @Test func placesThatWereOutsideOfThePictureDoNotCount() {
        let away = Motion.camera(scale: 1, offset: SIMD2(160, 0))
        #expect(grid.change(from: Maps.constant(0), to: Maps.constant(1), away) == nil)
    }

    @Test func whatAnObjectUncoversDoesNotCount() {
        let motion = Motion.object(
            from: PixelBox(x0: 0, y0: 0, x1: 40, y1: 120), to: PixelBox(x0: 20, y0: 0, x1: 60, y1: 120))
        #expect(motion.origin(of: SIMD2(10, 60)) == nil)
        #expect(motion.origin(of: SIMD2(30, 60)) == SIMD2(10, 60))
        #expect(motion.origin(of: SIMD2(100, 60)) == SIMD2(100, 60))
    }

    @Test func noMotionKnownMeansNoMeasure() {
        let maps = [Maps.constant(0), Maps.constant(1), Maps.constant(1)]
        #expect(grid.changes(maps, [nil, nil, .still]) == [nil, 0])
    }

    @Test func librariesScaleEachMapByItself() {
        let shown = Maps.constant(0)
        var raw = [Float](repeating: -1, count: 48)
        (raw[3], raw[4]) = (2, 4)
        let map = Heatmap.scaledAlone(raw, like: shown)
        #expect(map.values[0] == 0 && abs(map.values[3] - 0.5) < 1e-6 && abs(map.values[4] - 1) < 1e-6)
        #expect(Heatmap.scaledAlone(Array(repeating: -1, count: 48), like: shown).values.allSatisfy { $0 == 0 })
    }
}
