import Synchronization

/// What became of every frame that was captured: captured = written + dropped, by reason, + in flight, at any moment.
///
/// A frame is written when it is in the recording, or, while nothing is recorded, when it was shown.
final class FrameLedger: Sendable {
    struct Counts: Sendable, Equatable {
        var captured = 0
        var written = 0
        var inFlight = 0
        var dropped: [String: Int] = [:]

        /// In one line.
        var summary: String {
            let reasons = dropped.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return "\(captured) frames captured, \(written) written, \(dropped.values.reduce(0, +)) dropped"
                + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))")
        }
    }

    /// Where frames are lost in the pipeline itself. Sources and the recorder have reasons of their own.
    enum Reason {
        /// The overlay stage was too slow.
        static let overlay = "overlay"
        /// The encoder was too slow.
        static let encoder = "encoder"
        /// The pipeline was closed.
        static let end = "end"
    }

    private let state = Mutex(Counts())
    /// What the source has told of its own drops.
    private let noted = Mutex<[String: Int]>([:])
    private let onDrop: @Sendable (_ count: Int, _ reason: String) -> Void

    init(onDrop: @escaping @Sendable (_ count: Int, _ reason: String) -> Void = { _, _ in }) { self.onDrop = onDrop }

    var counts: Counts { state.withLock { $0 } }

    func capture() {
        state.withLock { state in
            state.captured += 1
            state.inFlight += 1
        }
    }

    func write() {
        state.withLock { state in
            state.written += 1
            state.inFlight -= 1
        }
    }

    func drop(_ reason: String) {
        state.withLock { state in
            state.dropped[reason, default: 0] += 1
            state.inFlight -= 1
        }
        onDrop(1, reason)
    }

    /// Frames that never came out of the source.
    ///
    /// - Parameter totals: since the source was opened, by reason.
    func noteDrops(ofSource totals: [String: Int]) {
        let news = noted.withLock { noted in
            defer { noted = totals }
            return totals.compactMap { reason, total in
                let count = total - (noted[reason] ?? 0)
                return count > 0 ? (count: count, reason: reason) : nil
            }
        }
        guard !news.isEmpty else { return }
        state.withLock { state in
            for (count, reason) in news {
                state.captured += count
                state.dropped[reason, default: 0] += count
            }
        }
        for (count, reason) in news { onDrop(count, reason) }
    }

    /// A new source counts from 0.
    func forgetSource() { noted.withLock { $0 = [:] } }
}
