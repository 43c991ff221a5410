import Glibc
import NIOSSL

/// What the files of a certificate and its key say.
struct TLSIdentity: Sendable {
    /// Of the certificate's file.
    let path: String
    let context: NIOSSLContext
    /// Seconds since 1970 between which the whole chain is valid.
    let begins: Int
    let ends: Int
    /// SHA-256 of both files, to tell whether they were renewed.
    let digest: [UInt8]

    /// How long before its end a certificate is told of.
    static let notice = 14 * 86_400

    /// - Returns: nil without the files' names.
    /// - Throws: `ServeError.halfOfTLS`, `.badCertificate`, `.readableByOthers` of the key, `.cannotRead`.
    init?(_ config: ServeConfig) throws(ServeError) {
        switch (config.tlsCertificate, config.tlsKey) {
        case (nil, nil): return nil
        case (let certificate?, let key?): try self.init(certificate: certificate, key: key)
        default: throw .halfOfTLS
        }
    }

    init(certificate: String, key: String) throws(ServeError) {
        let certificateBytes = try SecretFile.bytes(certificate, isSecret: false)
        let keyBytes = try SecretFile.bytes(key)
        let chain: [NIOSSLCertificate]
        let privateKey: NIOSSLPrivateKey
        do { chain = try NIOSSLCertificate.fromPEMBytes(certificateBytes) } catch {
            throw .badCertificate(path: certificate, problem: "\(error)")
        }
        struct Encrypted: Error, CustomStringConvertible { let description = "it is encrypted" }
        do {
            // Nobody is there to be asked for a passphrase.
            privateKey = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem) { (_: ([UInt8]) -> Void) in
                throw Encrypted()
            }
        } catch {
            let isEncrypted = String(decoding: keyBytes, as: UTF8.self).contains("ENCRYPTED")
            throw .badCertificate(path: key, problem: isEncrypted ? "\(Encrypted())" : "\(error)")
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        // Whether they belong together is known only when they are used.
        do { context = try NIOSSLContext(configuration: tls) } catch {
            throw .badCertificate(path: certificate, problem: "\(error)")
        }
        path = certificate
        begins = chain.map { Int($0.notValidBefore) }.max() ?? .min
        ends = chain.map { Int($0.notValidAfter) }.min() ?? .max
        digest = sha256(sha256(certificateBytes) + sha256(keyBytes))
    }

    /// What clients will object to, or soon.
    ///
    /// - Parameter now: seconds since 1970.
    func warning(at now: Int) -> String? {
        if now < begins { return "the TLS certificate is valid only from \(Self.day(begins)) on" }
        if now >= ends { return "the TLS certificate has expired on \(Self.day(ends)): renew it, then reload" }
        guard ends - now <= Self.notice else { return nil }
        let days = (ends - now) / 86_400
        let left = days == 0 ? "within a day" : days == 1 ? "in one day" : "in \(days) days"
        return "the TLS certificate expires \(left), on \(Self.day(ends)): renew it, then reload"
    }

    /// Such as "2026-12-04", in UTC.
    private static func day(_ seconds: Int) -> String {
        var (seconds, parts) = (time_t(seconds), tm())
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}
