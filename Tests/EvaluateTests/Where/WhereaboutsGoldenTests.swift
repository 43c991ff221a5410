import Evaluate
import Testing

/// What the evaluation of weakly supervised localisation says of the same maps, with OpenCV's contours.
@Suite struct WhereaboutsGoldenTests {
    private let golden: GoldenWhereabouts

    init() throws { golden = try GoldenWhereabouts.all.get() }

    private func field(_ picture: GoldenWhereabouts.Picture) throws -> HeatField {
        let digits = Array(picture.heat.utf8)
        let values = try stride(from: 0, to: digits.count, by: 3).map { place in
            Float(try #require(Int(String(decoding: digits[place..<place + 3], as: UTF8.self), radix: 16))) / 1000
        }
        return HeatField(width: golden.size, height: golden.size, values: values)
    }

    private func boxes(_ picture: GoldenWhereabouts.Picture) -> [TrueBox] {
        picture.boxes.map { TrueBox(x0: $0[0], y0: $0[1], x1: $0[2], y1: $0[3]) }
    }

    private func mask(_ picture: GoldenWhereabouts.Picture) -> TrueMask {
        TrueMask(
            width: golden.size, height: golden.size,
            pixels: picture.mask.map { $0 == "1" ? .object : $0 == "2" ? .ignored : .background })
    }

    @Test func overlapsAndAccuraciesAreThoseOfTheReference() throws {
        #expect(golden.pictures.count >= 100)
        var right = [[Int]](repeating: [Int](repeating: 0, count: BoxSweep.thresholds), count: 4)
        for (number, picture) in golden.pictures.enumerated() {
            let sweep = BoxSweep(try field(picture), boxes: boxes(picture))
            for (thousandths, expected) in picture.iou {
                let level = Int(Double(try #require(Int(thousandths))) * 0.001 * 255)
                #expect(abs(sweep.largest[level] - expected[0]) < 1e-5, "picture \(number), threshold \(thousandths)")
                #expect(abs(sweep.best[level] - expected[1]) < 1e-5, "picture \(number), threshold \(thousandths)")
            }
            for level in 0..<BoxSweep.thresholds {
                right[0][level] += sweep.largest[level] >= 0.5 ? 1 : 0
                for (place, overlap) in [Float(0.3), 0.5, 0.7].enumerated() {
                    right[place + 1][level] += sweep.best[level] >= overlap ? 1 : 0
                }
            }
        }
        let shares = right.map { Double($0.max()!) / Double(golden.pictures.count) }
        #expect(abs(shares[0] - golden.maxBoxAcc) < 1e-9)
        #expect(abs(shares[1...].reduce(0, +) / 3 - golden.maxBoxAccV2) < 1e-9)
    }

    @Test func pixelsPointsAndEnergyAreThoseOfTheReference() throws {
        var (object, background) = ([Float](repeating: 0, count: MaskSweep.bins), [Float]())
        background = object
        for (number, picture) in golden.pictures.enumerated() {
            let (field, mask) = (try field(picture), mask(picture))
            let sweep = MaskSweep(field, mask)
            for bin in object.indices {
                object[bin] += Float(sweep.object[bin])
                background[bin] += Float(sweep.background[bin])
            }
            // Of several hottest pixels the reference takes the first.
            if field.values.count(where: { $0 == 1 }) == 1 {
                let found = [0, golden.tolerance].map { Pointing.score(field, mask, tolerance: $0) }
                #expect(found == picture.pointing, "picture \(number)")
            }
            #expect(abs(Energy.inside(mask, field) - picture.energy) < 1e-5, "picture \(number)")
        }
        #expect(abs(MaskSweep.averagePrecision(object: object, background: background) - golden.pxap) < 1e-6)
    }
}
