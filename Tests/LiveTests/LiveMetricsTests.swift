import Pipeline
import Serve
import Testing

@testable import Live

@Suite struct LiveMetricsTests {
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
