import FuzzTargets
import TestSupport
import Testing

/// What `make fuzz` gives to each reader of what comes from outside, a little of it, always the same.
@Suite(.timeLimit(.minutes(10))) struct FuzzTargetTests {
    @Test(arguments: FuzzTargets.all.map { $0.name }.filter { !["onnx", "http"].contains($0) })
    func aThousandDamagedInputsGiveResultsOrErrors(_ name: String) throws {
        try take(1000, name)
    }

    @Test func aHundredDamagedRequestsAreAnsweredOrClosed() throws { try take(100, "http") }

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
