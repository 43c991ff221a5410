import Glibc
package import Pipeline

/// An input that was lost, or is back. The source goes on by itself; the caller logs it, or shows it to viewers.
package enum SignalChange: Equatable, Sendable, CustomStringConvertible {
    /// - since: when the last picture was taken, or, where none came yet, when it was first asked for.
    case lost(since: CaptureTime, cause: SignalLoss)
    /// - input: its name for messages: of a camera, the path at which it was found.
    /// - after: seconds between the last picture (or the first attempt) and the first new one.
    case found(input: String, after: Double)

    package var isLoss: Bool { if case .lost = self { true } else { false } }

    package var description: String {
        switch self {
        case .lost(let since, let cause):
            "no signal since \(since.clockTime): \(cause). Waiting for it to come back."
        case .found(let input, let after): "the signal is back after \(Int(after.rounded())) s, from \(input)"
        }
    }
}

extension CaptureTime {
    /// The local time of day, such as "12:03:41".
    package var clockTime: String {
        var seconds = time_t(wall / 1_000_000)
        var local = tm()
        localtime_r(&seconds, &local)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(local.tm_hour)):\(two(local.tm_min)):\(two(local.tm_sec))"
    }
}
