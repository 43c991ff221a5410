package import Foundation
import Glibc
import Pipeline

/// The file that grows with each picture that was looked at: a line of what the run is, then a line a picture. What is in it is
/// done, so that a run can go on where another one was stopped; and all figures follow from it, however many pictures there are.
package enum Journal {
    /// The report's name with another ending.
    package static func path(besideReport report: String) -> String {
        let stem = report.hasSuffix(".json") ? String(report.dropLast(5)) : report
        return "\(stem).pictures.jsonl"
    }

    /// A line, with its line break.
    package static func line(_ content: some Encodable) throws -> Data {
        try JSONText.compact.bytes(content) + Data("\n".utf8)
    }

    /// What the run is that a journal is of.
    ///
    /// - Throws: `EvaluationError.badJournal`.
    package static func facts(_ path: String) throws(EvaluationError) -> RunFacts {
        guard let line = try JournalLines(path).next(), let facts = try? decoder.decode(RunFacts.self, from: line)
        else {
            throw .badJournal(path: path, line: 1)
        }
        return facts
    }

    /// Gives one picture after the other.
    ///
    /// - Returns: bytes from the file's beginning to the end of the last whole line; what follows was being written when the run
    ///   was stopped.
    /// - Throws: `EvaluationError.badJournal`.
    @discardableResult
    package static func read(_ path: String, _ take: (JudgedPicture) -> Void) throws(EvaluationError) -> Int {
        let lines = try JournalLines(path)
        _ = lines.next()
        var number = 1
        while let line = lines.next() {
            number += 1
            guard let picture = try? decoder.decode(JudgedPicture.self, from: line) else {
                throw .badJournal(path: path, line: number)
            }
            take(picture)
        }
        return lines.size
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}

/// The whole lines of a file, one after the other.
private final class JournalLines {
    private let file: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var capacity = 0
    /// Bytes of the lines until now.
    private(set) var size = 0

    init(_ path: String) throws(EvaluationError) {
        guard let file = fopen(path, "re") else {
            throw .noJournal(path: path, reason: String(cString: strerror(errno)))
        }
        self.file = file
    }

    deinit {
        fclose(file)
        free(buffer)
    }

    /// Without its line break.
    func next() -> Data? {
        let count = getline(&buffer, &capacity, file)
        guard count > 0, let buffer, buffer[count - 1] == 0x0a else { return nil }
        size += count
        return Data(bytes: buffer, count: count - 1)
    }
}
