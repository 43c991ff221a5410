import HummingbirdTLS
import NIOSSL

/// What the files of a certificate and its key say; nil without them.
///
/// - Throws: `ServeError.halfOfTLS`, `.badCertificate`.
func tlsConfiguration(_ config: ServeConfig) throws(ServeError) -> TLSConfiguration? {
    switch (config.tlsCertificate, config.tlsKey) {
    case (nil, nil): return nil
    case (let certificate?, let key?):
        let chain: [NIOSSLCertificate]
        let privateKey: NIOSSLPrivateKey
        do { chain = try NIOSSLCertificate.fromPEMFile(certificate) } catch {
            throw .badCertificate(path: certificate, problem: "\(error)")
        }
        do { privateKey = try NIOSSLPrivateKey(file: key, format: .pem) } catch {
            throw .badCertificate(path: key, problem: "\(error)")
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        // Whether they belong together is known only when they are used.
        do { _ = try NIOSSLContext(configuration: tls) } catch {
            throw .badCertificate(path: certificate, problem: "\(error)")
        }
        return tls
    default: throw .halfOfTLS
    }
}
