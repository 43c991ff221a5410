import Glibc
import Infer
package import Pipeline

/// Files and the classes of what they show, as a folder or a table lists them.
package struct DataList: Sendable, Equatable {
    /// What is learnt from one file, or from a part of it.
    package struct Entry: Sendable, Equatable {
        /// As it can be opened.
        package let path: String
        /// As the list has it, wherever that lies: "cat/tom.jpg".
        package let name: String
        /// Position of its class.
        package internal(set) var label: Int
        /// Of a clip, the seconds that count; nil: all.
        package let span: Span?
        /// The part of the picture that counts; nil: all.
        package let box: PixelBox?
        /// A picture that was taught live; nil: it is a file.
        let taught: Taught?

        package init(path: String, name: String, label: Int, span: Span? = nil, box: PixelBox? = nil) {
            (self.path, self.name, self.label, self.span, self.box) = (path, name, label, span, box)
            taught = nil
        }

        init(name: String, label: Int, _ taught: Taught) {
            (path, self.name, self.label, self.taught) = ("", name, label, taught)
            (span, box) = (nil, nil)
        }
    }

    /// Which of the taught pictures an entry is.
    struct Taught: Sendable, Equatable {
        let number: Int
        /// Of those that were taken one after the other.
        let group: Int
        /// SHA-256 of the picture.
        let checksum: String
    }

    /// A part of a clip, in seconds from its first picture on.
    package struct Span: Sendable, Equatable {
        package let from: Double
        /// nil: to the end.
        package let to: Double?

        package init(from: Double, to: Double?) { (self.from, self.to) = (from, to) }
    }

    /// Names, sorted; those of pictures that show nothing of interest are last.
    package internal(set) var classes: [String]
    /// By class, then by name, or in a table's order.
    package internal(set) var entries: [Entry]
    /// What is there and is not learnt from.
    package internal(set) var skipped: [SkippedFile] = []

    /// How classes are ordered: the same on every machine, whatever its language.
    static func sorted(_ names: some Sequence<String>) -> [String] {
        names.sorted { one, two in
            let (last, also) = (NegativeClass.isMeant(by: one), NegativeClass.isMeant(by: two))
            return last != also ? also : one.utf8.lexicographicallyPrecedes(two.utf8)
        }
    }

    /// What a path means: a folder of class folders, or a table.
    ///
    /// - Parameter isTest: whether it may have one class only.
    /// - Throws: `FitError`.
    package init(path: String, isTest: Bool = false) throws(FitError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .notThere(path: path, reason: String(cString: strerror(errno))) }
        if status.st_mode & S_IFMT == S_IFDIR {
            self = try DataFolder(path).list()
        } else {
            self = try DataTable(path).list()
        }
        try checkNames(path, fewest: isTest ? 1 : 2)
    }

    package init(classes: [String], entries: [Entry]) { (self.classes, self.entries) = (classes, entries) }

    /// The same with the classes of another list, for pictures that a model of those is tested on.
    ///
    /// - Parameter path: of this list, for errors.
    /// - Throws: `FitError.unknownClass`.
    package func withClasses(_ known: [String], path: String) throws(FitError) -> DataList {
        var numbers: [Int] = []
        for name in classes {
            guard let number = known.firstIndex(of: name) else {
                throw .unknownClass(name: name, path: path, known: known)
            }
            numbers.append(number)
        }
        var list = self
        list.classes = known
        for index in entries.indices { list.entries[index].label = numbers[entries[index].label] }
        return list
    }

    /// SHA-256 that tells what the list has: classes, names, sizes of files, spans and boxes. Where the list lies does not
    /// matter.
    package var checksum: String { Self.checksum(of: [self]) }

    /// The same of several lists.
    static func checksum(of lists: [DataList]) -> String {
        var words: [String] = []
        for list in lists {
            words += list.classes
            for entry in list.entries {
                var status = stat()
                let size = entry.taught == nil && stat(entry.path, &status) == 0 ? Int(status.st_size) : 0
                let span = entry.span.map { "\($0.from)...\($0.to.map { "\($0)" } ?? "")" } ?? ""
                let box = entry.box.map { "\($0.x0) \($0.y0) \($0.x1) \($0.y1)" } ?? ""
                words += ["\(entry.label)", entry.name, entry.taught?.checksum ?? "\(size)", span, box]
            }
        }
        // Nothing but the end of a name stands between two of them, which no name has.
        return Checksum.hexDigits(of: Array(words.joined(separator: "\0").utf8))
    }

    private func checkNames(_ path: String, fewest: Int) throws(FitError) {
        guard classes.count >= fewest else { throw .oneClass(path: path, name: classes.first ?? "") }
        // A model's labels are refused where they are longer.
        if let name = classes.first(where: { $0.utf8.count > 1000 }) {
            throw .notAList(
                path: path, reason: "the name '\(Printable.beginning(name, upTo: 20))' has more than 1000 bytes")
        }
    }
}

/// A file that is not learnt from, and why.
package struct SkippedFile: Sendable, Equatable {
    package let name: String
    package let reason: String

    package init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
}
