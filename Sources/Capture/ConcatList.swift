import CFFmpeg
import Foundation
import Pipeline

/// A list of films that FFmpeg joins (`ffconcat`). Its reader opens them by itself, past what keeps other lists in their
/// folder (`NamedFiles`), and follows links.
package enum ConcatList {
    private static let start = "ffconcat version 1.0"
    /// Bytes; a longer one is refused.
    private static let longest = 16 << 20

    /// The first file that a list names and that lies elsewhere than in its own folder.
    ///
    /// - Parameters:
    ///   - path: any file.
    ///   - isSurely: whether it is read as a list, whatever it begins with.
    /// - Returns: nil also for what is no list, or cannot be read, which is told by who opens it.
    static func foreignFile(in path: String, isSurely: Bool) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var status = stat()
        guard fstat(file.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        guard let head = try? file.read(upToCount: start.utf8.count), isSurely || head == Data(start.utf8) else {
            return nil
        }
        guard status.st_size <= longest, let rest = try? file.read(upToCount: longest) else { return path }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return names(in: String(decoding: head + rest, as: UTF8.self)).first { name in
            !OwnFolder.mayName(name.hasPrefix("/") ? name : folder + name, in: path)
        }
    }

    /// What stands behind `file` on each line, with FFmpeg's quotes.
    package static func names(in text: String) -> [String] {
        text.split(whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }).compactMap { line in
            let words = line.drop { spaces.contains($0) }
            let rest = words.dropFirst(4)
            guard words.hasPrefix("file"), let first = rest.first, spaces.contains(first) else { return nil }
            return String(rest.drop { spaces.contains($0) }).withCString { line -> String? in
                var place: UnsafePointer<CChar>? = line
                guard let name = av_get_token(&place, " \n\t\r") else { return nil }
                defer { av_free(name) }
                return String(cString: name)
            }
        }
    }

    private static let spaces: Set<Character> = [" ", "\t"]
}
