import Encode
import Evaluate
import Foundation
import Glibc

/// The files that `camstream evaluate` writes. Nothing is computed for names that cannot be written.
struct EvaluateFiles {
    let report: String
    let page: String?
    let journal: String
    private let mayReplace: Bool

    /// - Throws: `EvaluationError`, `EncodeError`, `ConfigError` of the first name that cannot be written.
    init(report: String, page: String?, mayReplace: Bool, resumes: Bool, read: [DistinctFiles.Read]) throws {
        guard URL(filePath: report).pathExtension.lowercased() == "json" else {
            throw EvaluationError.notAReport(path: report)
        }
        if let page, !["html", "htm"].contains(URL(filePath: page).pathExtension.lowercased()) {
            throw EvaluationError.notAPage(path: page)
        }
        journal = Journal.path(besideReport: report)
        (self.report, self.page, self.mayReplace) = (report, page, mayReplace)
        try DistinctFiles.check(
            read: read.filter { $0.path.map { FileManager.default.fileExists(atPath: $0) } ?? false },
            written: [
                (report, "the report", "--out"), (journal, "what each image gave", "--out"),
                (page, "the page", "--html"),
            ])
        for path in [report, page, resumes ? nil : journal].compactMap(\.self) {
            _ = try WholeFile(path, replacing: mayReplace)
        }
    }

    func write(report text: String, page data: Data?) throws(EncodeError) {
        let reportFile = try WholeFile(report, replacing: mayReplace)
        try reportFile.append(text)
        if let page, let data {
            let pageFile = try WholeFile(page, replacing: mayReplace)
            try pageFile.append(Array(data))
            try pageFile.putInPlace()
        }
        try reportFile.putInPlace()
    }
}

/// The journal while it grows.
final class JournalFile {
    private let descriptor: Int32
    private let path: String

    /// - Parameter size: of what stays of one that is there; nil: it begins anew.
    /// - Throws: `EncodeError`.
    init(_ path: String, keeping size: Int?) throws(EncodeError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (size == nil ? O_TRUNC : 0), 0o666)
        guard descriptor >= 0 else { throw Self.failure(path) }
        if let size {
            guard ftruncate(descriptor, size) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
                throw Self.failure(path)
            }
        }
    }

    deinit { close(descriptor) }

    /// - Throws: `EncodeError`.
    func append(_ line: Data) throws(EncodeError) {
        var rest = Array(line)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Self.failure(path)
            }
        }
    }

    private static func failure(_ path: String) -> EncodeError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
