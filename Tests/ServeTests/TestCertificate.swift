import Foundation
import TestSupport

/// A certificate of localhost, signed by itself, and its key.
struct TestCertificate {
    let folder: TemporaryFolder
    var certificate: String { folder.file("certificate.pem") }
    var key: String { folder.file("key.pem") }
    var files: (certificate: String, key: String) { (certificate, key) }

    /// Made once for the tests that do not change it.
    static let shared = Result<TestCertificate, any Error> { try TestCertificate(days: 90) }

    init(days: Int) throws {
        folder = try TemporaryFolder()
        try renew(days: days)
    }

    /// Makes another one in its place.
    func renew(days: Int) throws {
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "\(days)",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", certificate, "-keyout", key,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
    }
}
