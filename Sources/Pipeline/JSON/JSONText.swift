package import Foundation

/// How values become JSON (RFC 8259): keys sorted, slashes as they are. What has an order of its own is a `JSONLine`.
package struct JSONText: Sendable {
    private let formatting: JSONEncoder.OutputFormatting
    private let keys: JSONEncoder.KeyEncodingStrategy
    private let numbers: JSONEncoder.NonConformingFloatEncodingStrategy

    /// For files and terminals: over many lines, keys as they are called. What is no number is an error.
    package static let pretty = JSONText(
        formatting: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes], keys: .useDefaultKeys, numbers: .throw)

    /// For programs: in one line, keys in snake case (those of dictionaries are data and stay); what JSON has no number for
    /// is "inf", "-inf" or "nan".
    package static let compact = JSONText(
        formatting: [.sortedKeys, .withoutEscapingSlashes], keys: .convertToSnakeCase,
        numbers: .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan"))

    /// In UTF-8.
    ///
    /// - Throws: `EncodingError`.
    package func bytes(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.keyEncodingStrategy = keys
        encoder.nonConformingFloatEncodingStrategy = numbers
        return try encoder.encode(value)
    }

    /// - Throws: as `bytes`.
    package func text(_ value: some Encodable) throws -> String { String(decoding: try bytes(value), as: UTF8.self) }
}
