import Synchronization

/// Whom the server lets in, and as whom it shows itself: what its files of secrets and certificates say, read at the start
/// and again whenever it is told to.
final class Keyring: Sendable {
    private struct Content: Sendable {
        let credentials: Credentials
        let tls: TLSIdentity?
    }

    /// What other files than before may hold.
    struct Change: Equatable {
        var credentials = false
        var certificate = false
    }

    private let config: ServeConfig
    private let content: Mutex<Content>

    /// - Throws: `ServeError` of the first file that is wrong.
    init(_ config: ServeConfig) throws(ServeError) {
        self.config = config
        content = Mutex(try Self.read(config))
    }

    private static func read(_ config: ServeConfig) throws(ServeError) -> Content {
        Content(
            credentials: try Credentials(tokenFile: config.tokenFile, userFile: config.userFile),
            tls: try TLSIdentity(config))
    }

    var credentials: Credentials { content.withLock { $0.credentials } }

    /// nil: plain HTTP.
    var tls: TLSIdentity? { content.withLock { $0.tls } }

    /// Reads all files again; if one is wrong, all stay as they were.
    func readAgain() throws(ServeError) -> Change {
        let new = try Self.read(config)
        return content.withLock { content in
            defer { content = new }
            return Change(
                credentials: new.credentials != content.credentials,
                certificate: new.tls?.digest != content.tls?.digest)
        }
    }
}
