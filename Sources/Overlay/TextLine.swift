/// The glyphs of one line of text, each at its place.
struct TextLine {
    struct Placed {
        let glyph: Int
        /// Of the pen, in pixels from the line's start.
        let x: Int
    }

    let placed: [Placed]
    /// In pixels.
    let width: Int

    /// Which part of a text goes where it is too long.
    enum Edge { case start, end }

    init(_ text: String, _ glyphs: Glyphs) {
        var placed: [Placed] = []
        var pen = 0
        var previous: Int?
        for character in text.unicodeScalars {
            let glyph = glyphs.index(of: character)
            if let previous { pen += glyphs.kerning(previous, glyph) }
            placed.append(Placed(glyph: glyph, x: (pen + 32) / 64))
            pen += glyphs[glyph].advance
            previous = glyph
        }
        self.placed = placed
        width = (pen + 63) / 64
    }

    /// A name that is too long loses one of its ends; `value`, which follows it, stays.
    ///
    /// - Parameter room: in pixels.
    init(_ name: String, then value: String = "", within room: Int, losing edge: Edge = .end, _ glyphs: Glyphs) {
        var line = TextLine(name + value, glyphs)
        var rest = Substring(name)
        while line.width > room, !rest.isEmpty {
            if edge == .end { rest.removeLast() } else { rest.removeFirst() }
            line = TextLine((edge == .end ? "\(rest)…" : "…\(rest)") + value, glyphs)
        }
        self = line
    }
}
