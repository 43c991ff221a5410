import Encode
import Pipeline
import Serve
import Synchronization

/// The targets that a camera's picture is sent to just now, for those who ask, over pipelines and other settings.
final class PushList: Sendable {
    private struct State {
        var pushers: [Pusher] = []
        var areRequired = false
    }

    private let state = Mutex(State())

    var all: [Pusher] { state.withLock { $0.pushers } }

    /// - Parameter areRequired: whether the camera is not ready while one of them cannot be reached.
    func set(_ pushers: [Pusher], areRequired: Bool = false) {
        state.withLock { $0 = State(pushers: pushers, areRequired: areRequired) }
    }

    var states: [LiveState.Push] {
        var names: [String: Int] = [:]
        return all.map { pusher in
            let status = pusher.status
            // Two may differ in their secrets alone.
            let number = names[status.target, default: 0] + 1
            names[status.target] = number
            return LiveState.Push(
                target: status.target + (number > 1 ? " (\(number))" : ""), isConnected: status.phase == .connected,
                since: Double(status.since) / 1e6,
                connections: status.connections, pictures: status.pictures, bytes: status.bytes,
                dropped: status.dropped, problem: status.problem)
        }
    }

    /// Why the camera is not ready.
    var problems: [String] {
        guard state.withLock({ $0.areRequired }) else { return [] }
        return states.filter { !$0.isConnected }.map { push in
            "nothing is sent to \(push.target)\(push.problem.map { ": \($0)" } ?? "")"
        }
    }

    /// Has them measured.
    func measure(_ metrics: Metrics) {
        metrics.group([
            .init("camstream_push_connected", "1 while the picture is sent to the target.", isCounter: false),
            .init("camstream_push_connections_total", "How often the target was connected."),
            .init("camstream_push_pictures_total", "Frames sent to the target."),
            .init("camstream_push_bytes_total", "Bytes of video sent to the target."),
            .init("camstream_push_dropped_total", "Frames that the target lacks, by reason."),
        ]) { [weak self] in
            (self?.states ?? []).flatMap { push in
                let labels = [(name: "target", value: push.target)]
                return [
                    Metrics.Sample("camstream_push_connected", labels: labels, push.isConnected ? 1 : 0),
                    .init("camstream_push_connections_total", labels: labels, Double(push.connections)),
                    .init("camstream_push_pictures_total", labels: labels, Double(push.pictures)),
                    .init("camstream_push_bytes_total", labels: labels, Double(push.bytes)),
                ]
                    + push.dropped.sorted { $0.key < $1.key }.map {
                        .init(
                            "camstream_push_dropped_total", labels: labels + [("reason", $0.key)], Double($0.value))
                    }
            }
        }
    }
}
