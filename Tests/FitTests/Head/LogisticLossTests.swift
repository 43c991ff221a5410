import Testing

@testable import Fit

struct LogisticLossTests {
    private static func loss(_ blobs: Blobs, without fold: Int? = nil, threads: Int = 1) throws -> LogisticLoss {
        let rows = try TrainingRows(
            blobs.table, rows: Array(0..<blobs.table.count), blobs.examples, classes: blobs.classes,
            foldOf: blobs.examples.indices.map { $0 % 3 }, folds: 3, classWeights: [1, 2.5, 0.5])
        let ranges = rows.ranges(without: fold)
        let loss = LogisticLoss(
            rows, in: ranges, scaling: Standardisation(of: rows, in: ranges), threads: threads)
        loss.l2 = 0.05
        return loss
    }

    private static func evaluate(_ loss: LogisticLoss, _ position: [Double]) -> (value: Double, gradient: [Double]) {
        var gradient = [Double](repeating: .nan, count: position.count)
        let value = position.withUnsafeBufferPointer { position in
            gradient.withUnsafeMutableBufferPointer { loss.value(at: position, gradient: $0) }
        }
        return (value, gradient)
    }

    private static let position = (0..<3 * 6).map { 0.1 * Double($0 * 7 % 11) - 0.5 }

    @Test(arguments: [nil, 0, 1, 2])
    func theGradientIsThatOfTheValue(fold: Int?) throws {
        let loss = try Self.loss(Blobs([20, 15, 10], width: 5, distance: 1, views: 2), without: fold)
        let gradient = Self.evaluate(loss, Self.position).gradient
        // The loss comes of products in 32 bits: a wide step, so that their rounding does not show.
        let step = 0.02
        for index in Self.position.indices {
            var (low, high) = (Self.position, Self.position)
            low[index] -= step
            high[index] += step
            let slope = (Self.evaluate(loss, high).value - Self.evaluate(loss, low).value) / (2 * step)
            #expect(abs(slope - gradient[index]) < 2e-4)
        }
    }

    @Test func threadsChangeNothingAtAll() throws {
        let blobs = Blobs([2000, 1500, 1100], width: 5, distance: 1)
        let one = Self.evaluate(try Self.loss(blobs), Self.position)
        let four = Self.evaluate(try Self.loss(blobs, threads: 4), Self.position)
        #expect(one.value == four.value)
        #expect(one.gradient == four.gradient)
    }

    @Test func scoresThatAreHugeDoNotOverflow() throws {
        let loss = try Self.loss(Blobs([20, 15, 10], width: 5, distance: 1))
        let (value, gradient) = Self.evaluate(loss, Self.position.map { $0 * 1e4 })
        #expect(value.isFinite)
        #expect(gradient.allSatisfy { $0.isFinite })
    }
}
