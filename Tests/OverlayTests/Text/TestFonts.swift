import Foundation

@testable import Overlay

/// Fonts that are the same wherever the tests run: DejaVu's, and no others that may be installed.
enum TestFonts {
    static let folder = "/usr/share/fonts/truetype/dejavu"

    static func library() throws -> FontLibrary {
        let temporary = FileManager.default.temporaryDirectory
        let cache = temporary.appending(path: "camstream-font-cache").path
        let file = temporary.appending(path: "camstream-fonts-\(UUID().uuidString).conf")
        let text = """
            <?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
            <fontconfig><dir>\(folder)</dir><cachedir>\(cache)</cachedir>
            <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
            </fontconfig>
            """
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try FontLibrary(configuration: file.path)
    }

    static func bold() throws -> Font { try Font(nil, .bold, in: library()) }

    static func typesetter(size: Int = 32, pixelAspect: Double = 1, isOutlined: Bool = false) throws -> Typesetter {
        Typesetter(try bold(), size: size, pixelAspect: pixelAspect, isOutlined: isOutlined)
    }
}

extension TextImage {
    /// Coverage of the letters, `[height][width]`.
    var rows: [[UInt8]] { (0..<height).map { y in (0..<width).map { shape.start[y * width + $0] } } }

    /// The columns from the first to the last with something in them, and the rows likewise, from the pen's first position.
    var ink: (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
        let columns = (0..<width).filter { x in rows.contains { $0[x] > 0 } }
        let lines = (0..<height).filter { y in rows[y].contains { $0 > 0 } }
        guard let first = columns.first, let top = lines.first else { return nil }
        return (first + left...columns.last! + left, top + self.top...lines.last! + self.top)
    }
}
