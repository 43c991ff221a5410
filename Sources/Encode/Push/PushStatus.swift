/// How the sending of a live picture to a target goes.
package struct PushStatus: Sendable, Equatable {
    package enum Phase: String, Sendable {
        /// Until the next attempt to connect.
        case waiting
        case connecting
        case connected
    }

    /// Without secrets.
    package let target: String
    package internal(set) var phase = Phase.waiting
    /// Since when it is so, in microseconds since 1970.
    package internal(set) var since: Int64
    /// How often it was connected.
    package internal(set) var connections = 0
    package internal(set) var pictures = 0
    package internal(set) var bytes = 0
    /// Pictures that the target lacks while it is connected, by reason.
    package internal(set) var dropped: [String: Int] = [:]
    /// Why it is not connected.
    package internal(set) var problem: String?
}

/// What happens to a connection.
package struct PushEvent: Sendable, Equatable, CustomStringConvertible {
    package let target: String
    /// nil: it is connected.
    package let problem: String?
    package var sound = Sound.none

    package enum Sound: Sendable, Equatable {
        case none
        /// By the name of its codec.
        case sent(String)
        case leftOut(String)
    }

    package var description: String {
        if let problem { return "nothing is sent to \(target): \(problem); it is tried again" }
        return switch sound {
        case .none: "the picture is sent to \(target)"
        case .sent(let codec): "picture and sound (\(codec)) are sent to \(target)"
        case .leftOut(let codec): "the picture is sent to \(target); its sound (\(codec)) cannot be sent there"
        }
    }
}
