import Foundation
import Pipeline

/// How the API writes JSON: in one line, addresses without their secrets.
enum JSON {
    static func bytes(_ value: some Encodable) -> Data {
        do {
            let bytes = try JSONText.compact.bytes(value)
            let text = String(decoding: bytes, as: UTF8.self)
            let shown = withoutSecrets(text)
            return shown == text ? bytes : Data(shown.utf8)
        } catch {
            preconditionFailure("cannot be written as JSON: \(error)")
        }
    }

    static func text(_ value: some Encodable) -> String { String(decoding: bytes(value), as: UTF8.self) }
}

/// What is answered or published, without the secrets of the addresses in it.
func withoutSecrets(_ text: String) -> String { Redaction.text(text) }
