/// The exit codes of a service, after sysexits.h. docs/guides/daemon.md promises them.
package enum ServiceExit: Int32, CaseIterable, Sendable {
    /// Stopped by SIGTERM or SIGINT, or the input ended.
    case done = 0
    case otherFailure = 1
    /// Wrong options on the command line.
    case usage = 64
    /// The model cannot be used.
    case badModel = 65
    /// The camera or the stream is not there, or gives no pictures.
    case noInput = 66
    /// The address to listen on is taken, or a model cannot be fetched.
    case unavailable = 69
    case cannotWrite = 73
    /// The config file is wrong, or cannot be read.
    case config = 78

    /// Whether another start would end the same way until somebody changes something here. The unit has them in
    /// RestartPreventExitStatus=, so that systemd does not start the service again and again.
    package var isFinal: Bool {
        switch self {
        case .usage, .badModel, .config: true
        case .done, .otherFailure, .noInput, .unavailable, .cannotWrite: false
        }
    }
}
