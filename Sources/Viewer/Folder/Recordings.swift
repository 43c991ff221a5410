import Capture
import Foundation
package import Kept
import Pipeline

/// The kept recordings that are to be looked at: one that was named, or those in a folder.
package struct Recordings: Sendable {
    package struct One: Sendable, Equatable {
        package let path: String
        /// The folder of its page: plain letters, digits, dots and dashes, and like no other's.
        package let folder: String
        /// Nil of one that was named: whoever opens it tells what is wrong.
        package let facts: KeptFacts?
    }

    package let all: [One]
    /// Whether they are a folder's, which is shown as a list.
    package let isFolder: Bool

    /// - Parameter path: of a recording or of a folder.
    /// - Throws: `ViewError` of a folder that holds none.
    package init(_ path: String) throws(ViewError) {
        var isDirectory: ObjCBool = false
        isFolder = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
        guard isFolder else {
            all = [One(path: path, folder: "", facts: nil)]
            return
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .cannotRead(folder: path, reason: error.localizedDescription)
        }
        var taken: Set<String> = []
        var all: [One] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let file = "\(path)/\(name)"
            guard KeptCheck.endings.contains(URL(filePath: file).pathExtension.lowercased()),
                let facts = KeptCheck.facts(of: file)
            else { continue }
            all.append(One(path: file, folder: Self.free(name, &taken), facts: facts))
        }
        guard !all.isEmpty else { throw .nothingKept(folder: path) }
        self.all = all
    }

    /// A name that is the same in every address and on every disk.
    private static func free(_ name: String, _ taken: inout Set<String>) -> String {
        let plain = name.unicodeScalars.prefix(100).map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain || scalar == "." || scalar == "_" ? Character(scalar) : "-"
        }
        var folder = String(plain)
        var number = 2
        while !taken.insert(folder.lowercased()).inserted {
            folder = "\(String(plain))-\(number)"
            number += 1
        }
        return folder
    }

    /// The list as the page reads it.
    func list() throws -> String {
        struct Entry: Encodable {
            let name: String
            let folder: String
            let width: Int
            let height: Int
            let model: String
            let methods: [String]
        }
        let entries = all.map { one in
            var methods: [String] = []
            for track in one.facts?.heat ?? [] where !methods.contains(track.methodTitle) {
                methods.append(track.methodTitle)
            }
            return Entry(
                name: URL(filePath: one.path).lastPathComponent, folder: one.folder, width: one.facts?.width ?? 0,
                height: one.facts?.height ?? 0, model: one.facts?.model.name ?? "", methods: methods)
        }
        return "camstreamList(\(try JSONText.compact.text(entries)))\n"
    }

    /// Writes the page that lists them.
    func writeList(to folder: String) throws {
        for (name, bytes) in ViewFile.list { try ViewFile.write(bytes, to: "\(folder)/\(name)") }
        try ViewFile.write(try list(), to: "\(folder)/list.js")
    }
}
