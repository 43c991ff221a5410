import Evaluate
import Pipeline
import Testing

@Suite struct BaselineTests {
    private let width = 24
    private let height = 16

    private func field(_ baseline: Baseline, luma: [UInt8]? = nil, seed: UInt64 = 1) -> HeatField {
        let luma = luma ?? [UInt8](repeating: 90, count: width * height)
        return HeatField(
            baseline.map(luma: luma, width: width, height: height, seed: seed), width: width, height: height)
    }

    @Test func theCentreIsHottestInTheMiddleAndTheSameOnAllSides() {
        let field = field(.centre)
        #expect(field.values[8 * 24 + 12] == 1)
        for y in 0..<16 {
            for x in 0..<24 {
                #expect(abs(field.values[y * 24 + x] - field.values[(15 - y) * 24 + 23 - x]) < 1e-6)
            }
        }
        #expect(field.values[0] < 0.03)
    }

    @Test func theWholePictureIsHot() { #expect(field(.whole).values.allSatisfy { $0 == 1 }) }

    @Test func noiseDependsOnItsSeedAlone() {
        #expect(field(.noise) == field(.noise))
        #expect(field(.noise) != field(.noise, seed: 2))
        let mean = field(.noise).values.reduce(0, +) / Float(24 * 16)
        #expect(abs(mean - 0.5) < 0.15)
    }

    @Test func edgesAreWhereThePictureChanges() {
        let luma = (0..<24 * 16).map { UInt8($0 % 24 < 12 ? 20 : 200) }
        let field = field(.edges, luma: luma)
        for y in 0..<16 {
            for x in 0..<24 { #expect(field.values[y * 24 + x] == ((11...12).contains(x) ? 1 : 0)) }
        }
        #expect(!self.field(.edges).hasHeat)
    }
}
