import Pipeline
import Testing

@testable import Infer

struct LayerFusionTests {
    private let coarse = RawMap(height: 1, width: 2, values: [-3, 4])
    private let fine = RawMap(height: 2, width: 2, values: [2, 1, 0, -1])

    @Test(
        arguments: [
            (.mean, [0.5, 0.75, 0, 0.5]), (.max, [1, 1, 0, 1]), (.product, [0, 0.5, 0, 0]),
        ] as [(LayerFusion, [Float])])
    func mapsAreScaledBroughtToOneSizeAndCombined(fusion: LayerFusion, expected: [Float]) {
        let fused = fusion.fused([coarse, fine])
        #expect(fused.height == 2 && fused.width == 2 && fused.values == expected)
    }

    @Test func aSingleMapStaysRaw() {
        #expect(LayerFusion.mean.fused([coarse]).values == coarse.values)
    }
}

struct BilinearTests {
    private let ramp = RawMap(height: 1, width: 2, values: [0, 4])

    @Test func valuesLieInTheMiddleOfCells() {
        #expect(Bilinear.resized(ramp, height: 1, width: 4).values == [0, 1, 3, 4])
    }

    @Test func orOnTheBorder() {
        #expect(Bilinear.resized(ramp, height: 2, width: 5, grid: .corners).values == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    }
}
