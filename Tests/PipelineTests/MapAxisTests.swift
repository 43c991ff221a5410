import Pipeline
import Testing

struct MapAxisTests {
    /// From OpenCV 5.0: cv2.resize([[0, 1, 0.25], [0.5, 0.75, 1]], (7, 5), interpolation=cv2.INTER_LINEAR).
    private static let resized: [[Float]] = [
        [0, 0.142857, 0.571429, 1, 0.678571, 0.357143, 0.25],
        [0.05, 0.182143, 0.578571, 0.975, 0.696429, 0.417857, 0.325],
        [0.25, 0.339286, 0.607143, 0.875, 0.767857, 0.660714, 0.625],
        [0.45, 0.496429, 0.635714, 0.775, 0.839286, 0.903571, 0.925],
        [0.5, 0.535714, 0.642857, 0.75, 0.857143, 0.964286, 1],
    ]

    @Test func sameRuleAsOpenCVsLinearResize() {
        let columns = positions(MapAxis(nodes: 3, start: 0, length: 7, samples: 7))
        let rows = positions(MapAxis(nodes: 2, start: 0, length: 5, samples: 5))
        let map: [[Double]] = [[0, 1, 0.25], [0.5, 0.75, 1]]
        #expect(columns.count == 7 && rows.count == 5)
        for (y, row) in rows.enumerated() {
            for (x, column) in columns.enumerated() {
                func across(_ line: [Double]) -> Double {
                    line[column.low] * (1 - column.fraction) + line[column.high] * column.fraction
                }
                let value = across(map[row.low]) * (1 - row.fraction) + across(map[row.high]) * row.fraction
                // OpenCV's floats are rounded at each of a few steps.
                #expect(abs(value - Double(Self.resized[y][x])) < 1e-5)
            }
        }
    }

    @Test(arguments: [
        (7, 0.0, 1920.0), (7, 280.0, 720.0), (14, -13.7, 101.3), (1, 3.2, 5.5), (40, 0.0, 24.0), (3, -1e9, 2e9),
        (5, 1e12, 1.0), (4, 10.0, 1e-9),
    ])
    func runsCoverExactlyTheSamplesInsideTheMap(nodes: Int, start: Double, length: Double) {
        for (first, spacing) in [(0.5, 1.0), (0.5, 2.0), (1.0, 2.0)] {
            let axis = MapAxis(
                nodes: nodes, start: start, length: length, samples: 1000, first: first, spacing: spacing)
            var expected: [Int] = []
            for sample in 0..<1000 {
                let position = first + Double(sample) * spacing
                if position >= start && position < start + length { expected.append(sample) }
            }
            #expect(axis.runs.flatMap { $0.first..<$0.first + $0.count } == expected)
        }
    }

    @Test func chromaBeyondAnOddPicturesEndGoesWithTheLastInside() {
        // 4:2:0, 63 rows: the samples lie at 1, 3 ... 61, 63.
        let axis = MapAxis(nodes: 7, start: 0, length: 63, samples: 32, first: 1, spacing: 2, extent: 63)
        let all = positions(axis)
        #expect(all.count == 32 && all[31] == all[30])
        let smaller = MapAxis(nodes: 7, start: 0, length: 60, samples: 32, first: 1, spacing: 2, extent: 63)
        #expect(positions(smaller).count == 30)
    }

    @Test func fractionsStayBetweenTheirNodes() {
        for length in stride(from: 11.0, to: 700, by: 13.37) {
            for position in positions(MapAxis(nodes: 7, start: length / 9, length: length, samples: 640)) {
                #expect((-1e-9...1 + 1e-9).contains(position.fraction))
                #expect(position.low == position.high || position.high == position.low + 1)
            }
        }
    }

    @Test(arguments: [0, -5, .nan, .infinity])
    func mapOfNoLengthCoversNothing(length: Double) {
        #expect(MapAxis(nodes: 7, start: 0, length: length, samples: 100).runs.isEmpty)
    }

    private func positions(_ axis: MapAxis) -> [(low: Int, high: Int, fraction: Double)] {
        axis.runs.flatMap { run in
            (0..<run.count).map { (low: run.low, high: run.high, fraction: run.fraction + Double($0) * run.step) }
        }
    }
}
