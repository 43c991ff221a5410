import COpenSSL
import Foundation

/// SHA-256 (FIPS 180-4) of what is handed over piece by piece. Owns its OpenSSL context.
package struct Checksum: ~Copyable {
    private let context: OpaquePointer

    package init() {
        context = EVP_MD_CTX_new()
        precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1)
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
    }

    /// The digits of some bytes.
    package static func hexDigits(of bytes: [UInt8]) -> String {
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.hexDigits()
    }

    /// The same in base 64, as web pages name their scripts.
    package static func base64(of bytes: [UInt8]) -> String { Data(digest(of: bytes)).base64EncodedString() }

    /// The 32 bytes themselves.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.digest()
    }

    /// Lower-case hexadecimal digits. To be called once, at the end.
    package consuming func hexDigits() -> String {
        Self.hexText(digest())
    }

    /// Bytes as lower-case hexadecimal digits.
    package static func hexText(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private consuming func digest() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1)
        return digest
    }
}
