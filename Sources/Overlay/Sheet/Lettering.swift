import CBlend
import Pipeline

/// Plain text of one size: no ground, no outline.
final class Lettering {
    private let glyphs: Glyphs
    private let codes: CodeValues

    init(_ font: FontFile, size: Int, _ codes: CodeValues) throws(OverlayError) {
        glyphs = try Glyphs(font, size: size, pixelAspect: 1)
        self.codes = codes
    }

    /// In pixels, from one line to the next.
    var lineHeight: Int { glyphs.lineHeight }

    /// In pixels, from a line's top to its base line.
    var ascent: Int { glyphs.ascent }

    /// In pixels.
    func width(_ text: String) -> Int { TextLine(text, glyphs).width }

    /// As many words to a line as its room holds.
    ///
    /// - Parameter room: in pixels.
    func lines(_ text: String, within room: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, width("\(last) \(word)") <= room {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    enum Alignment { case left, centre, right }

    /// Draws a line in a room on a panel: from x on, so many pixels wide; y is the line's top. What does not fit loses
    /// one of its ends.
    func draw(
        _ text: String, x: Int, y: Int, room: Int, _ colour: RGB, _ alignment: Alignment = .left,
        losing edge: TextLine.Edge = .end, on panel: Panel
    ) {
        let line = TextLine(text, within: room, losing: edge, glyphs)
        let left =
            switch alignment {
            case .left: x
            case .centre: x + (room - line.width) / 2
            case .right: x + room - line.width
            }
        // Letters reach a little beyond their places.
        let overhang = glyphs.lineHeight / 4
        let (width, height) = (line.width + 2 * overhang, glyphs.lineHeight + overhang)
        let letters = Memory([UInt8](repeating: 0, count: width * height))
        for item in line.placed {
            let shape = glyphs[item.glyph].shape
            glyphs.withCoverage(shape) { drawn in
                cblend_cover(
                    letters.start, Int32(width), Int32(height), drawn, Int32(overhang + item.x + shape.left),
                    Int32(glyphs.ascent + shape.top), Int32(shape.width), Int32(shape.height), 255)
            }
        }
        let ground = Memory([UInt8](repeating: 0, count: width * height))
        var coverage = cblend_coverage(
            dark: ground.start, light: letters.start, stride: Int32(width), width: Int32(width), height: Int32(height))
        for number in 0..<3 {
            var target = panel.plane(number)
            cblend_stamp(
                &target, Int32(max(left - overhang, 0)), Int32(max(y, 0)), &coverage, 0,
                codes.sample(colour, plane: number))
        }
    }
}
