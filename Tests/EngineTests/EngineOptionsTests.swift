import Testing

@testable import Engine

/// What the engine is told.
struct EngineOptionsTests {
    @Test func aProcessorGetsARequestForEachCoreAndEightAtMost() throws {
        let options = EngineOptions()
        #expect(
            options.properties(cores: 4) == [
                "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "THROUGHPUT",
                "PERFORMANCE_HINT_NUM_REQUESTS": "4",
            ])
        #expect(options.properties(cores: 64)["PERFORMANCE_HINT_NUM_REQUESTS"] == "8")
    }

    @Test func anotherDeviceKnowsItselfHowManyRequestsItLikes() throws {
        var options = EngineOptions(device: try #require(Device("GPU")), precision: "f16")
        #expect(
            options.properties(cores: 4) == ["INFERENCE_PRECISION_HINT": "f16", "PERFORMANCE_HINT": "THROUGHPUT"])
        options.requests = 3
        #expect(options.properties(cores: 4)["PERFORMANCE_HINT_NUM_REQUESTS"] == "3")
    }

    @Test func oneAtATimeNamesNoNumberOfRequests() {
        #expect(
            EngineOptions(precision: "bf16", hint: .latency).properties(cores: 4) == [
                "INFERENCE_PRECISION_HINT": "bf16", "PERFORMANCE_HINT": "LATENCY",
            ])
    }

    @Test(
        arguments: [
            (Pace.picture, "CPU", 8, [.latency]), (.video, "CPU", 8, [.throughput, .latency]),
            (.video, "CPU", 1, [.throughput]), (.live, "CPU", 2, [.throughput]),
            (.live, "CPU", 4, [.throughput, .latency]), (.live, "AUTO", 2, [.throughput]),
            (.picture, "GPU", 8, [.latency]),
            (.video, "GPU", 1, [.throughput]), (.live, "NPU", 2, [.latency]),
        ] as [(Pace, String, Int, [PerformanceHint])])
    func onlyWhatTakesCoresIsMeasuredBothWays(
        pace: Pace, device: String, cores: Int, hints: [PerformanceHint]
    ) throws {
        #expect(pace.hints(on: try #require(Device(device)), cores: cores) == hints)
    }
}
