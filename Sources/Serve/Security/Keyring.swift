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

    /// What clients object to in the certificate, or will within two weeks.
    ///
    /// - Parameter now: seconds since 1970.
    func warning(at now: Int) -> String? { tls?.warning(at: now) }

    /// For Prometheus, where there is a certificate.
    func addMeasurements(to metrics: Metrics, _ time: Timekeeper) {
        guard tls != nil else { return }
        metrics.gauge(
            "camstream_tls_certificate_expires_timestamp_seconds", "When the TLS certificate expires, since 1970."
        ) { Double(self.tls?.ends ?? 0) }
        metrics.gauge(
            "camstream_tls_certificate_problem", "1 if the TLS certificate is not valid, or will not be in two weeks."
        ) { self.warning(at: time.wall()) == nil ? 0 : 1 }
    }

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
