/// Why events cannot go out.
package enum EventsError: Error, Equatable, CustomStringConvertible {
    case cannotWrite(path: String, reason: String)
    /// Of a secret that a setting names.
    case noSecret(key: String, reason: String)
    /// Of libmosquitto.
    case cannotStart(reason: String)

    package var description: String {
        switch self {
        case .cannotWrite(let path, let reason): "cannot write events to \(path): \(reason)"
        case .noSecret(let key, let reason): "\(key): \(reason)"
        case .cannotStart(let reason): "MQTT cannot start: \(reason)"
        }
    }
}
