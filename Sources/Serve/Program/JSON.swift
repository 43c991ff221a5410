import Foundation
import Pipeline

/// How the API writes JSON: keys sorted and in snake case (those of dictionaries are data and stay), slashes as they are,
/// addresses without their secrets.
enum JSON {
    static func bytes(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON has no words for them.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            let bytes = try encoder.encode(value)
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
