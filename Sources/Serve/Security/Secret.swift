import COpenSSL

/// Something that only those may know who are let in. It is kept as its SHA-256 and never printed.
struct Secret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private let digest: [UInt8]

    init(_ text: some StringProtocol) {
        digest = sha256(Array(text.utf8))
    }

    /// Compares in constant time, whatever the lengths.
    func matches(_ text: some StringProtocol) -> Bool { matches(digest: sha256(Array(text.utf8))) }

    /// - Parameter other: a SHA-256.
    func matches(digest other: [UInt8]) -> Bool {
        other.count == digest.count && CRYPTO_memcmp(digest, other, digest.count) == 0
    }

    /// What a browser keeps instead of the secret: the same after a restart, worthless once the secret is changed.
    var cookie: String {
        var code = [UInt8](repeating: 0, count: 32)
        let purpose = Array("camstream session".utf8)
        precondition(HMAC(EVP_sha256(), digest, Int32(digest.count), purpose, purpose.count, &code, nil) != nil)
        let digits = Array("0123456789abcdef")
        return String(code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1)
    return digest
}
