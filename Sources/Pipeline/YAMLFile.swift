import Foundation
import Yams

/// Reads settings from a YAML file or text; every error names the file and the key.
package enum YAMLFile {
    package static func decode<Value: Decodable>(_ type: Value.Type, path: String) throws(ConfigError) -> Value {
        let text: String
        do throws(TextFile.Problem) {
            text = try TextFile.text(of: path)
        } catch {
            throw .unreadable(path: path, problem: "\(error)")
        }
        return try decode(type, text: text, name: path)
    }

    /// - Parameter name: what errors call the text.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, text: String, name: String
    ) throws(ConfigError) -> Value {
        do {
            return try YAMLDecoder().decode(type, from: text)
        } catch let error as ConfigError {
            throw .inFile(path: name, error)
        } catch let error as DecodingError {
            throw .inFile(path: name, ConfigError(error))
        } catch {
            throw .inFile(path: name, .malformed(problem: String(describing: error).oneLine))
        }
    }
}

extension ConfigError {
    fileprivate init(_ error: DecodingError) {
        func key(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the file" : path.map(\.stringValue).joined(separator: ".")
        }
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self = .wrongType(key: key(context.codingPath), expected: Self.words(for: type))
        case .keyNotFound(let missing, let context):
            self = .missing(key: key(context.codingPath + [missing]))
        case .dataCorrupted(let context):
            let cause = context.underlyingError.map { String(describing: $0) } ?? context.debugDescription
            if let config = context.underlyingError as? ConfigError {
                self = config
            } else if context.codingPath.isEmpty {
                self = .malformed(problem: cause.oneLine)
            } else {
                self = .wrongType(key: key(context.codingPath), expected: context.debugDescription.oneLine)
            }
        @unknown default:
            self = .malformed(problem: String(describing: error).oneLine)
        }
    }

    private static func words(for type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Double.Type, is Float.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        case is any Collection.Type: "a list"
        default: "of another kind (\(type))"
        }
    }
}

extension String {
    fileprivate var oneLine: String {
        let line = split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(
            separator: " ")
        // The parser quotes the file's own line, however long it is.
        return line.count > 240 ? line.prefix(239) + "…" : line
    }
}
