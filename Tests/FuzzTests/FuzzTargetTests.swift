import FuzzTargets
import TestSupport
import Testing

/// What `make fuzz` gives to each reader of what comes from outside, a little of it, always the same.
@Suite(.timeLimit(.minutes(30))) struct FuzzTargetTests {
    @Test(arguments: FuzzTargets.all.map { $0.name }.filter { !["onnx", "http"].contains($0) })
    func damagedInputsGiveResultsOrErrors(_ name: String) throws {
        try take(200, name)
    }

    @Test func damagedRequestsAreAnsweredOrClosed() throws { try take(50, "http") }

    /// A defect ends the whole process, and says why.
    private func take(_ count: UInt64, _ name: String) throws {
        let type = try #require(FuzzTargets.all.first { $0.name == name })
        var target = try type.init([])
        for number in 0..<count {
            var noise = Noise(number)
            let bytes = target.input(&noise)
            target.take(bytes, &noise)
        }
        #expect(!target.depth.isEmpty)
    }
}
