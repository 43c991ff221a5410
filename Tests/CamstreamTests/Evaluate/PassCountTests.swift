import Capture
import Engine
import Foundation
import Infer
import Pipeline
import TestSupport
import Testing

/// Passes of the net of the golden figures, whose layer has eight channels.
struct PassCountTests {
    private func passes(_ name: String) throws -> PassCounts {
        var config = InferConfig()
        config.model = checkout.appending(path: "Tests/Fixtures/evaluate/net.onnx").path
        (config.method, config.precision) = (try #require(MethodName(rawValue: name)), .f32)
        config.methodOptions.samples = 5
        var capture = CaptureConfig()
        capture.input = checkout.appending(path: "Tests/Fixtures/photographs/cat.jpg").path
        let source = try openSource(capture, interrupt: Interrupt())
        let explainer = try Explainer(config, format: source.format, mapCount: 1)
        try explainer.submit(try source.next()!)
        _ = try explainer.next()
        return explainer.passCounts
    }

    @Test(arguments: [
        ("cam", PassCounts(forward: 1)), ("gradcam", PassCounts(forward: 1, backward: 1)),
        ("saliency", PassCounts(forward: 1, backward: 1)), ("shapleycam", PassCounts(forward: 1, backward: 1)),
        ("guided-gradcam", PassCounts(forward: 1, backward: 2)), ("rise", PassCounts(forward: 1 + 5)),
        ("smooth-gradcam++", PassCounts(forward: 1 + 5, backward: 5)),
    ]) func passesOfAMapAreCounted(_ name: String, _ expected: PassCounts) throws {
        #expect(try passes(name) == expected)
    }

    @Test func aHeadIsRunForEachChannelThatIsTakenAway() throws {
        let counts = try passes("ablationcam")
        #expect(counts.forward == 1 && counts.head >= 8 && counts.backward == 0, "\(counts)")
    }
}
