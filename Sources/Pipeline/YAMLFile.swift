import Foundation
package import Yams

/// Reads settings from a YAML file or text; every error names the file and the key.
package enum YAMLFile {
    package static func decode<Value: Decodable>(_ type: Value.Type, path: String) throws(ConfigError) -> Value {
        let text: String
        do throws(TextFile.Problem) {
            text = try TextFile.text(of: path)
        } catch {
            throw .unreadable(path: path, problem: "\(error)")
        }
        do throws(ConfigError) {
            return try decode(type, text: text, name: path)
        } catch {
            guard case .inFile(_, let cause) = error, let key = cause.key, let line = line(of: key, in: text) else {
                throw error
            }
            throw .inFile(path: "\(path):\(line)", cause)
        }
    }

    /// The line in which a key stands, such as "overlay.opacity"; nil: it does not.
    package static func line(of key: String, in text: String) -> Int? {
        guard (try? YAMLBounds.check(text)) != nil, var node = try? Yams.compose(yaml: text) else { return nil }
        var line: Int?
        for part in key.split(separator: ".") {
            if let pair = node.mapping?.first(where: { $0.key.string == String(part) }) {
                (line, node) = (pair.key.mark?.line, pair.value)
            } else if let list = node.sequence, let index = Int(part), list.indices.contains(index) {
                (line, node) = (list[index].mark?.line, list[index])
            } else {
                return nil
            }
        }
        return line
    }

    /// - Parameter name: what errors call the text.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, text: String, name: String
    ) throws(ConfigError) -> Value {
        do {
            try YAMLBounds.check(text)
            return try YAMLDecoder().decode(type, from: text)
        } catch let error as ConfigError {
            throw .inFile(path: name, error)
        } catch let error as DecodingError {
            throw .inFile(path: name, ConfigError(error))
        } catch {
            throw .inFile(path: name, .malformed(problem: problem(of: error)))
        }
    }

    /// The values of a text, with their keys; nil: it is empty.
    ///
    /// - Parameter name: what errors call the text.
    package static func values(of text: String, name: String) throws(ConfigError) -> Node? {
        do {
            try YAMLBounds.check(text)
            return try Yams.compose(yaml: text)
        } catch let error as ConfigError {
            throw .inFile(path: name, error)
        } catch {
            throw .inFile(path: name, .malformed(problem: problem(of: error)))
        }
    }

    /// What is wrong, and where. The file's own words are left out: they may be a password that was not quoted.
    package static func problem(of error: any Error) -> String {
        func located(_ context: YamlError.Context?, _ problem: String, _ mark: Mark) -> String {
            let whole = context.map { " \($0.text) that begins in line \($0.mark.line)" } ?? ""
            return "line \(mark.line), column \(mark.column): \(problem)\(whole)"
        }
        guard let error = error as? YamlError else {
            return (error as? DecodingError).map { "\(ConfigError($0))" } ?? "\(type(of: error))"
        }
        return switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            located(context, problem, mark)
        case .reader(let problem, let offset, _, let yaml):
            offset.map { "line \(yaml.prefix($0).count(where: \.isNewline) + 1): \(problem)" } ?? problem
        case .duplicatedKeysInMapping(let keys, let context):
            "line \(context.mark.line): keys stand there twice: "
                + keys.sorted().map(ConfigError.shown(key:)).joined(separator: ", ")
        case .memory: "out of memory"
        case .writer(let problem), .emitter(let problem), .representer(let problem): problem
        case .no, .dataCouldNotBeDecoded: "it cannot be read"
        }
    }
}

extension ConfigError {
    fileprivate init(_ error: DecodingError) {
        func key(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the file" : Self.shown(path: path)
        }
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self = .wrongType(key: key(context.codingPath), expected: Self.words(for: type))
        case .keyNotFound(let missing, let context):
            self = .missing(key: key(context.codingPath + [missing]))
        case .dataCorrupted(let context):
            if let config = context.underlyingError as? ConfigError {
                self = config
            } else if context.codingPath.isEmpty {
                self = .malformed(
                    problem: context.underlyingError.map(YAMLFile.problem(of:)) ?? context.debugDescription.oneLine)
            } else {
                self = .wrongType(key: key(context.codingPath), expected: context.debugDescription.oneLine)
            }
        @unknown default:
            self = .malformed(problem: "it is of another form")
        }
    }

    private static func words(for type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Double.Type, is Float.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        case is Node.Scalar.Type: "one value"
        // A collection, too.
        case is Node.Mapping.Type: "keys with values"
        case is any Collection.Type: "a list"
        default: "of another kind (\(type))"
        }
    }
}

extension String {
    fileprivate var oneLine: String {
        let line = split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(
            separator: " ")
        return line.count > 240 ? line.prefix(239) + "…" : line
    }
}
