import Pipeline
import Serve
import Testing

@testable import Live

/// What is known of the live picture just now.
struct LiveStatusTests {
    private let status = LiveStatus()

    private func show(_ label: String, isRecognised: Bool) -> Bool {
        status.setSignal(isPresent: true)
        return status.show(
            sequence: status.nextSequence(), seconds: 0, width: 4, height: 4, latency: 0, mapAge: 0,
            top: [ClassScore(id: 3, label: label, probability: 0.9)], isRecognised: isRecognised
        ).isRecognised
    }

    private var told: (label: String?, isRecognised: Bool) {
        let state = status.snapshot(program: "p", frames: .init())
        return (state.top.first?.label, state.isRecognised)
    }

    @Test func aClassThatIsNotNamedIsToldWithThatAndLeftOutOfTheLine() {
        #expect(show("cup", isRecognised: true) && told == ("cup", true))
        #expect(status.line.contains("cup 90 %"))
        #expect(!show("none", isRecognised: false) && told == ("none", false))
        #expect(!status.line.contains("none"))
        // Without a signal nothing is seen that could be named.
        status.setSignal(isPresent: false)
        #expect(told == (nil, true))
    }
}
