import CLinux
import Foundation
import Glibc

/// The names that recordings get: the output's path with strftime's conversions filled in, and "-2", "-3" and so on
/// where a name is taken.
struct RecordingNames: Sendable {
    let pattern: String
    /// The folders above all conversions; it must be there, those below are made.
    let base: String
    /// Whether the time is part of the names.
    let hasConversions: Bool
    /// Of the folders below `base`, and last of the file name, for `fnmatch`.
    private let globs: [String]

    /// - Throws: `EncodeError.badName` if a conversion is none of `conversions`, or the name would be too long.
    init(_ pattern: String) throws(EncodeError) {
        self.pattern = pattern
        var components = pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard let name = components.popLast(), !pattern.hasSuffix("/") else {
            throw .badName(path: pattern, problem: "it names a folder")
        }
        let fixed = components.prefix { !$0.contains("%") }
        // Recordings would be somewhere else than they are looked for.
        guard !(components.dropFirst(fixed.count) + [name]).contains(where: { $0 == "." || $0 == ".." }) else {
            throw .badName(path: pattern, problem: "'.' and '..' cannot stand behind a part of the time")
        }
        guard !pattern.contains(where: \.isNewline), !pattern.utf8.contains(0) else {
            throw .badName(path: pattern, problem: "it has a line break")
        }
        let start = (pattern.hasPrefix("/") ? "/" : "") + fixed.joined(separator: "/")
        base = start.isEmpty ? "." : start
        hasConversions = pattern.contains("%")
        var globs: [String] = []
        for component in components.dropFirst(fixed.count) + [name] { globs.append(try Self.glob(component, pattern)) }
        self.globs = globs
        // Room for what the temporary names add, within the 255 bytes of a file name.
        guard path(at: 0).fileName.utf8.count <= Self.longestName else {
            throw .badName(path: pattern, problem: "it is longer than \(Self.longestName) bytes")
        }
    }

    /// - Parameter wall: microseconds since 1970; names tell local time.
    func path(at wall: Int64) -> String {
        guard hasConversions else { return pattern }
        var seconds = time_t(wall / 1_000_000)
        var local = tm()
        localtime_r(&seconds, &local)
        var text = [CChar](repeating: 0, count: 4 * Int(PATH_MAX))
        let length = strftime(&text, text.count, pattern, &local)
        return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path itself for 1, "clip-2.mp4" for 2.
    static func numbered(_ path: String, _ number: Int) -> String {
        guard number > 1 else { return path }
        let (stem, tail) = parts(of: path)
        return "\(stem)-\(number)\(tail)"
    }

    /// Where the one name is that of a link, the names of what it leads to: a recording that replaces it is written beside that.
    var ofLinkTarget: RecordingNames? {
        guard !hasConversions else { return nil }
        do {
            let path = try OutputName.resolve(pattern, replacing: true).path
            return path == pattern
                ? nil
                : try RecordingNames(
                    path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%"))
        } catch {
            return nil  // told by whoever writes there
        }
    }

    // MARK: - What is there already

    /// How many folders there are between `base` and a recording.
    var folderDepth: Int { globs.count - 1 }

    /// Whether a folder so far below `base` could have got this name.
    func matches(folder name: String, at depth: Int) -> Bool { fnmatch(globs[depth], name, 0) == 0 }

    /// Whether a recording could have got this name.
    func matches(fileName: String) -> Bool {
        guard let glob = globs.last else { return false }
        return fnmatch(glob, fileName, 0) == 0 || Self.withoutNumber(fileName).map { fnmatch(glob, $0, 0) == 0 } == true
    }

    /// The first name that neither a file nor a recording in progress has.
    func free(for path: String) -> String {
        let waiting = Self.list(path.folder).compactMap { Self.targetName(ofTemporary: $0, RecordingFile.ending) }
        var number = 1
        while true {
            let candidate = Self.numbered(path, number)
            var status = stat()
            if lstat(candidate, &status) != 0, !waiting.contains(candidate.fileName) { return candidate }
            number += 1
        }
    }

    // MARK: -

    /// "clip.mp4" of ".clip.mp4.4711-0.rec".
    static func targetName(ofTemporary name: String, _ ending: String) -> String? {
        guard name.hasPrefix("."), name.hasSuffix("." + ending) else { return nil }
        let stem = name.dropFirst().dropLast(ending.utf8.count + 1)
        guard let dot = stem.lastIndex(of: ".") else { return nil }
        let numbers = stem[stem.index(after: dot)...].split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ Int($0) != nil }) else { return nil }
        return String(stem[..<dot])
    }

    /// "clip.mp4" of "clip-2.mp4"; nil where there is no such number.
    private static func withoutNumber(_ name: String) -> String? {
        let (stem, tail) = parts(of: name)
        guard let dash = stem.lastIndex(of: "-"), let number = Int(stem[stem.index(after: dash)...]), number > 1,
            "\(number)" == stem[stem.index(after: dash)...]
        else { return nil }
        return "\(stem[..<dash])\(tail)"
    }

    /// What stands before the ending, and the ending with its dot.
    private static func parts(of path: String) -> (stem: Substring, tail: Substring) {
        let length = path.fileExtension.isEmpty ? 0 : path.fileExtension.count + 1
        return (path.dropLast(length), path.suffix(length))
    }

    private static func list(_ folder: String) -> [String] {
        // A folder that is gone or not readable has nothing to show.
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func glob(_ component: String, _ pattern: String) throws(EncodeError) -> String {
        var glob = ""
        var rest = Substring(component)
        while let character = rest.popFirst() {
            switch character {
            case "%":
                let letter = rest.popFirst()
                guard let letter, let form = conversions[letter] else {
                    throw .badName(
                        path: pattern,
                        problem: "%\(letter.map(String.init) ?? "") stands for no part of the time; "
                            + "allowed are \(conversions.keys.sorted().map { "%\($0)" }.joined(separator: " "))")
                }
                glob += form
            case "*", "?", "[", "\\": glob += "\\\(character)"
            default: glob.append(character)
            }
        }
        return glob
    }

    private static func digits(_ count: Int) -> String { String(repeating: "[0-9]", count: count) }

    /// Those of strftime's whose length is fixed, and what they make.
    private static let conversions: [Character: String] = [
        "%": "%", "Y": digits(4), "G": digits(4), "y": digits(2), "g": digits(2), "m": digits(2), "d": digits(2),
        "H": digits(2), "I": digits(2), "M": digits(2), "S": digits(2), "j": digits(3), "U": digits(2),
        "V": digits(2), "W": digits(2), "u": "[0-9]", "w": "[0-9]", "s": digits(10), "p": "[AP]M",
        "a": "[A-Z][a-z][a-z]", "b": "[A-Z][a-z][a-z]", "z": "[-+]" + digits(4),
        "F": "\(digits(4))-\(digits(2))-\(digits(2))", "T": "\(digits(2)):\(digits(2)):\(digits(2))",
        "R": "\(digits(2)):\(digits(2))",
    ]

    private static let longestName = 170
}
