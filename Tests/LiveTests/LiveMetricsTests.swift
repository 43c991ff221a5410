import Infer
import Pipeline
import Serve
import Synchronization
import Testing

@testable import Live

@Suite struct LiveMetricsTests {
    /// As far as the test says.
    private final class Taught: LiveTeacher {
        let known: Mutex<TeachState>

        init(_ classes: [TeachState.Class]) {
            known = Mutex(
                TeachState(name: "desk", backbone: "tiny", classes: classes, maximumExamples: 9, fewestExamples: 5))
        }

        var head: TaughtHead? { nil }
        var wantsPicture: Bool { false }
        var progress: TeachState { known.withLock { $0 } }
        func take(_ picture: TaughtPicture) {}
    }

    @Test func whatIsTaughtIsMeasuredAsLongAsItIsTaught() {
        let metrics = Metrics()
        do {
            let taught = Taught([.init(id: 0, name: "none", examples: 3), .init(id: 1, name: "cup", examples: 4)])
            TeachMetrics.add(metrics.labelled([("camera", "door")]), taught)
            func has(_ line: String) -> Bool { metrics.text.contains("camstream_teach_\(line)\n") }
            #expect(has(#"examples{camera="door"} 7"#) && has(#"classes{camera="door"} 2"#))
            // Before the first head there is no time that it took.
            #expect(has(#"head{camera="door"} 0"#) && !metrics.text.contains("camstream_teach_refit_seconds{"))
            taught.known.withLock { $0.head = .init(number: 12, milliseconds: 62.5) }
            #expect(has(#"head{camera="door"} 12"#) && has(#"refit_seconds{camera="door"} 0.0625"#))
        }
        #expect(!metrics.text.contains("camstream_teach_examples{"))
    }

    @Test func aQueueThatIsGoneIsNotKeptForItsLength() {
        let metrics = Metrics()
        weak var gone: Channel<Int>?
        do {
            let queue = Channel<Int>(capacity: 4, whenFull: .dropOldest)
            LiveMetrics.addQueue(metrics, "record", queue) { $0.count }
            _ = queue.offer(1)
            gone = queue
            #expect(metrics.text.contains("camstream_queue_length{queue=\"record\"} 1\n"))
        }
        #expect(gone == nil)
        #expect(metrics.text.contains("camstream_queue_length{queue=\"record\"} 0\n"))
    }
}
