import CFFmpeg
import Pipeline
import Testing

@testable import Overlay

struct ChartTests {
    private func panel(_ first: [Double?], _ second: [Double?]) -> Chart.Panel {
        Chart.Panel(
            title: "pan", detail: "", times: first.indices.map { Double($0) }, first: first, second: second)
    }

    @Test(arguments: [(0.03, 0.05), (0.05, 0.05), (0.9, 1), (1, 1), (1.2, 2), (60, 100), (0, 1)])
    func theAxisGoesUpToARoundNumber(highest: Double, top: Double) {
        #expect(abs(panel([0, highest], [0, 0]).top - top) < 1e-9)
    }

    @Test func curvesStandWhereTheirValuesAre() throws {
        let chart = Chart(
            title: "Steadiness", remark: "demo:", names: ("raw", "steady"),
            panels: [panel([1, 1, 1], [0.25, 0.25, 0.25]), panel([nil, nil, nil], [0, 0.5, 1])])
        let painter = try ChartPainter(chart, timeBase: AVRational(num: 1, den: 1))
        let page = try painter.paint()
        let layout = try #require(PixelLayout(painter.outputFormat.pixelFormat))
        func isBlue(_ x: Int, _ y: Int) -> Bool {
            let (green, blue, red) = (page.plane(0, layout), page.plane(1, layout), page.plane(2, layout))
            func sample(_ plane: Plane) -> UInt8 { plane.row(y).load(fromByteOffset: x, as: UInt8.self) }
            return sample(blue) > 170 && sample(red) < 60 && sample(green) < 110
        }
        let (one, two) = (painter.plot(0), painter.plot(1))
        let rows = (one.y0..<one.y1).filter { isBlue((one.x0 + one.x1) / 2, $0) }
        let height = Double(one.y1 - one.y0)
        #expect(rows.count == 2 && abs(Double(one.y1 - rows[0]) / height - 0.25) < 0.03)
        // A rising line: high on the right.
        let (left, right) = (
            (two.y0..<two.y1).first { isBlue(two.x0 + 60, $0) }, (two.y0..<two.y1).first { isBlue(two.x1 - 60, $0) }
        )
        #expect(try #require(right) < (try #require(left)))
        #expect(two.y0 == one.y0 && two.x0 > one.x1 && two.x1 < ChartPainter.width)
    }
}
