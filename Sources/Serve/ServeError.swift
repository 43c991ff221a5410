/// Why there is no server, or no picture for its clients.
package enum ServeError: Error, Equatable, CustomStringConvertible {
    case cannotListen(address: String, reason: String)
    /// The address can be reached from other machines, and nobody asks who comes.
    case openToAll(address: String)
    case cannotRead(path: String, reason: String)
    /// A file of secrets that others than its owner may read.
    case readableByOthers(path: String)
    case badSecrets(path: String, problem: String)
    case badCertificate(path: String, problem: String)
    case halfOfTLS
    case cannotCompress(reason: String)

    package var description: String {
        switch self {
        case .cannotListen(let address, let reason):
            "cannot listen on \(address): \(reason)"
        case .openToAll(let address):
            "\(address) can be reached from other machines: ask for a password with --token-file or --user-file, "
                + "or say --insecure to let anybody in"
        case .cannotRead(let path, let reason):
            "cannot read \(path): \(reason)"
        case .readableByOthers(let path):
            "\(path) holds secrets and others may read it: chmod 600 \(path)"
        case .badSecrets(let path, let problem):
            "\(path): \(problem)"
        case .badCertificate(let path, let problem):
            "\(path) is no usable certificate or key in PEM: \(problem)"
        case .halfOfTLS:
            "TLS needs both --tls-cert and --tls-key"
        case .cannotCompress(let reason):
            "cannot compress a picture to JPEG: \(reason)"
        }
    }
}
