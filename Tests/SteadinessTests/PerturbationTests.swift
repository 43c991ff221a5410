import CFFmpeg
import Pipeline
import Testing

@testable import Steadiness

struct PerturbationTests {
    private let format = VideoFormat(
        width: Maps.width, height: Maps.height, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(),
        timeBase: AVRational(num: 1, den: 30))

    /// Black and white stripes, which a blur turns grey.
    private func picture() throws -> Frame {
        let frame = try FramePool(format).frame(index: 0, pts: 0, duration: 1, timeBase: format.timeBase)
        let layout = try #require(PixelLayout(format.pixelFormat))
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            for y in 0..<plane.height {
                for x in 0..<plane.width {
                    plane.row(y).storeBytes(
                        of: number > 0 ? 128 : x % 2 == 0 ? 0 : 255, toByteOffset: x, as: UInt8.self)
                }
            }
        }
        return frame
    }

    /// How much contrast there is in the square of 32 pixels around (48, 64): what a classifier might look for.
    private func score(_ frame: borrowing Frame) -> Double {
        let plane = frame.plane(0, PixelLayout(format.pixelFormat)!)
        var sum = 0.0
        for y in 48..<80 {
            for x in 32..<64 {
                sum += abs(Double(plane.row(y).load(fromByteOffset: x, as: UInt8.self)) - 127.5) / 127.5
            }
        }
        return sum / 1024
    }

    private func areas(_ map: Heatmap) throws -> Perturbation.Areas {
        let picture = try picture()
        return try Perturbation(format).areas(of: map, picture) { score($0) }
    }

    @Test func theTrueMapBeatsAConstantAndAWrongOne() throws {
        let truth = try areas(Maps.blob(atX: 48, y: 64))
        for other in [Maps.constant(0.5), Maps.constant(0), Maps.blob(atX: 140, y: 20)] {
            let areas = try areas(other)
            #expect(truth.insertion > areas.insertion + 0.2, "\(truth) \(areas)")
            #expect(truth.deletion < areas.deletion - 0.2, "\(truth) \(areas)")
        }
    }

    @Test func allIsShownOnceAndTheHottestFirst() throws {
        let cells = Cells(format)
        #expect(cells.columns == 10 && cells.rows == 8)
        let order = cells.order(Maps.blob(atX: 48, y: 64))
        #expect(order.sorted() == Array(0..<80))
        #expect(Set(order.prefix(4)).isSubset(of: [32, 33, 42, 43, 31, 34, 22, 23, 52, 53]))
        // By chance, but always the same.
        #expect(cells.order(Maps.constant(1)) == cells.order(Maps.constant(0)))
        #expect(cells.order(Maps.constant(1)) != Array(0..<80))
    }

    @Test func theAreaIsThatOfTrapezoids() {
        #expect(Perturbation.area([0, 1]) == 0.5)
        #expect(Perturbation.area([1, 1, 1]) == 1)
        #expect(Perturbation.area([0, 0, 1]) == 0.25)
    }
}
