import Encode
import Logging
import Pipeline
import Serve
import Testing

@testable import Live

/// Where the picture is sent to, as settings come and go. Nobody listens: no picture is shown.
@Suite struct LivePushesTests {
    private let hub = LiveHub(Audience(nil))
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func config(_ targets: String..., isRequired: Bool = false) -> EncodeConfig {
        var config = EncodeConfig()
        (config.push, config.pushRequired) = (targets, isRequired)
        return config
    }

    private var targets: [String] { hub.pushes.states.map(\.target) }

    @Test func targetsThatOtherSettingsNameAsWellAreKept() async throws {
        let first = try LiveOutputs(config("udp://127.0.0.1:9", "srt://127.0.0.1:9"), after: nil, hub, log)
        let before = hub.pushes.all
        #expect(targets == ["udp://127.0.0.1:9", "srt://127.0.0.1:9"])
        let second = try LiveOutputs(config("srt://127.0.0.1:9", "rtsp://127.0.0.1:9/a"), after: first, hub, log)
        await onThread { try first.handOver(to: second) }
        #expect(targets == ["srt://127.0.0.1:9", "rtsp://127.0.0.1:9/a"] && hub.pushes.all[0] === before[1])
        #expect(before[1].isReading && !before[0].isReading)
        let third = try LiveOutputs(config(), after: second, hub, log)
        await onThread { try second.handOver(to: third) }
        #expect(targets.isEmpty && !before[1].isReading && hub.packets?.isRead == false)
    }

    @Test func theEndOfACameraEndsThem() async throws {
        let outputs = try LiveOutputs(config("udp://127.0.0.1:9"), after: nil, hub, log)
        let pusher = try #require(hub.pushes.all.first)
        #expect(hub.packets?.isRead == true)
        await onThread { try outputs.finish(within: .seconds(1)) }
        #expect(targets.isEmpty && !pusher.isReading && hub.packets?.isRead == false)
    }

    @Test func whatIsNoTargetIsToldBeforeAnythingIsOpened() throws {
        #expect(throws: EncodeError.self) { try LiveOutputs(config("http://host/a"), after: nil, hub, log) }
        #expect(targets.isEmpty && hub.packets?.isRead == false)
    }

    @Test func aTargetThatIsAwayMakesTheCameraUnreadyOnlyWhereItIsToldTo() async throws {
        let relaxed = try LiveOutputs(config("udp://127.0.0.1:9"), after: nil, hub, log)
        #expect(hub.pushes.problems.isEmpty)
        let strict = try LiveOutputs(config("udp://127.0.0.1:9", isRequired: true), after: relaxed, hub, log)
        await onThread { try relaxed.handOver(to: strict) }
        #expect(hub.pushes.problems == ["nothing is sent to udp://127.0.0.1:9"])
        let problems = await hub.program.served.problems()
        #expect(problems.contains("nothing is sent to udp://127.0.0.1:9"))
        await onThread { try strict.finish(within: .seconds(1)) }
    }

    @Test func eachIsMeasuredUnderItsNameWithoutSecrets() async throws {
        let outputs = try LiveOutputs(
            config("rtmp://127.0.0.1:9/live/one", "rtmp://127.0.0.1:9/live/two"), after: nil, hub, log)
        let text = hub.registry.text
        #expect(text.contains(#"camstream_push_connected{target="rtmp://127.0.0.1:9/live/***"} 0"#))
        #expect(text.contains(#"camstream_push_connected{target="rtmp://127.0.0.1:9/live/*** (2)"} 0"#))
        #expect(!text.contains("live/one") && !text.contains("live/two"))
        await onThread { try outputs.finish(within: .seconds(1)) }
    }
}
