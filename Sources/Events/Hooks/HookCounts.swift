import Serve
import Synchronization

/// What became of hooks, for the metrics and `/api/state`.
final class HookCounts: Sendable {
    enum Kind: String, CaseIterable, Sendable { case run, post, snapshot, record, clip }
    private enum Result: String, CaseIterable, Sendable { case done, failed, lost }

    private let counts = Mutex<[Kind: [Result: Int]]>([:])

    init(_ metrics: Metrics) {
        metrics.group([
            .init(
                "camstream_hooks_total", "Hooks that fired, by what they do: done, failed, or lost as too many waited.")
        ]) { [weak self] in
            let counts = self?.counts.withLock { $0 } ?? [:]
            return Kind.allCases.flatMap { kind in
                Result.allCases.map { result in
                    .init(
                        "camstream_hooks_total", labels: [("do", kind.rawValue), ("result", result.rawValue)],
                        Double(counts[kind]?[result] ?? 0))
                }
            }
        }
    }

    func done(_ kind: Kind) { add(kind, .done) }
    func fail(_ kind: Kind) { add(kind, .failed) }
    func lose(_ kind: Kind) { add(kind, .lost) }

    /// Of all kinds.
    var sums: (done: Int, failed: Int, lost: Int) {
        counts.withLock { counts in
            func sum(_ result: Result) -> Int { counts.values.reduce(0) { $0 + ($1[result] ?? 0) } }
            return (sum(.done), sum(.failed), sum(.lost))
        }
    }

    private func add(_ kind: Kind, _ result: Result) {
        counts.withLock { $0[kind, default: [:]][result, default: 0] += 1 }
    }
}
