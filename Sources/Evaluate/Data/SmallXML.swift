import Pipeline

/// An XML text as a tree of elements: as much of XML as lists of boxes use. There are no entities but the five that are built in,
/// and nothing is fetched.
struct SmallXML {
    struct Element: Equatable {
        let name: String
        var text = ""
        var children: [Element] = []

        /// The text of the first child of this name.
        func text(of name: String) -> String? { first(name)?.text }
        func first(_ name: String) -> Element? { children.first { $0.name == name } }
        func all(_ name: String) -> [Element] { children.filter { $0.name == name } }
    }

    struct Defect: Error, Equatable {
        let line: Int
        let problem: String
    }

    let root: Element

    private static let mostDeep = 64

    init(_ text: String) throws(Defect) {
        let bytes = Array(text.utf8)
        var place = 0
        var open: [Element] = []
        var root: Element?
        func fail(_ problem: String) -> Defect {
            Defect(line: 1 + bytes[..<min(place, bytes.count)].count { $0 == UInt8(ascii: "\n") }, problem: problem)
        }
        /// Moves behind the next place where these stand.
        func skip(behind end: String) throws(Defect) -> ArraySlice<UInt8> {
            let (end, start) = (Array(end.utf8), place)
            while place + end.count <= bytes.count {
                if bytes[place] == end[0], bytes[place..<place + end.count].elementsEqual(end) {
                    defer { place += end.count }
                    return bytes[start..<place]
                }
                place += 1
            }
            throw fail("'\(String(decoding: end, as: UTF8.self))' is missing")
        }
        func starts(_ with: String) -> Bool { bytes[place...].starts(with: Array(with.utf8)) }
        func close(_ element: Element) throws(Defect) {
            var element = element
            element.text = Self.plain(element.text)
            if open.isEmpty {
                guard root == nil else { throw fail("there are two outermost elements") }
                root = element
            } else {
                open[open.count - 1].children.append(element)
            }
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                let start = place
                while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
                if !open.isEmpty { open[open.count - 1].text += String(decoding: bytes[start..<place], as: UTF8.self) }
                continue
            }
            if starts("<!--") {
                _ = try skip(behind: "-->")
            } else if starts("<![CDATA[") {
                throw fail("CDATA is not read")
            } else if starts("<?") || starts("<!") {
                _ = try skip(behind: ">")
            } else if starts("</") {
                let name = Self.name(try skip(behind: ">").dropFirst(2))
                guard let last = open.popLast(), last.name == name else {
                    throw fail("'</\(Printable.beginning(name, upTo: 40))>' closes nothing")
                }
                try close(last)
            } else {
                let tag = try skip(behind: ">").dropFirst()
                let isEmpty = tag.last == UInt8(ascii: "/")
                let element = Element(name: Self.name(isEmpty ? tag.dropLast() : tag))
                if isEmpty {
                    try close(element)
                } else {
                    guard open.count < Self.mostDeep else { throw fail("elements lie too deep in each other") }
                    open.append(element)
                }
            }
        }
        if let last = open.last { throw fail("'<\(Printable.beginning(last.name, upTo: 40))>' is not closed") }
        guard let root else { throw fail("there is no element") }
        self.root = root
    }

    /// Without attributes.
    private static func name(_ tag: ArraySlice<UInt8>) -> String {
        String(decoding: tag.prefix { !$0.isSpace }, as: UTF8.self)
    }

    private static func plain(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let inner = bytes.drop(while: \.isSpace)
        var plain = String(
            decoding: inner.prefix(inner.count - inner.reversed().prefix(while: \.isSpace).count), as: UTF8.self)
        guard plain.contains("&") else { return plain }
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            plain = plain.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
        }
        return plain
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
