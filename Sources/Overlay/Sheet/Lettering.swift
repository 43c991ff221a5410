import Pipeline

/// Plain text of one size: no ground, no outline.
final class Lettering {
    private let typesetter: Typesetter
    private let codes: CodeValues
    private let plate = TextPlate()

    init(_ font: Font, size: Int, _ codes: CodeValues) {
        typesetter = Typesetter(font, size: size, isOutlined: false)
        self.codes = codes
    }

    /// In pixels, from one line to the next.
    var lineHeight: Int { typesetter.lineHeight }

    /// In pixels, from a line's top to its base line.
    var ascent: Int { typesetter.ascent }

    /// In pixels.
    func width(_ text: String) -> Int { typesetter.image(text).advance }

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
        losing edge: Typesetter.Edge = .end, on panel: Panel
    ) {
        let image = typesetter.image(text, within: room, losing: edge)
        guard image.width > 0, image.advance <= room || room >= lineHeight else { return }
        let pen =
            switch alignment {
            case .left: x
            case .centre: x + (room - image.advance) / 2
            case .right: x + room - image.advance
            }
        let (left, top) = (max(pen + image.left, 0), max(y + ascent + image.top, 0))
        plate.clear(width: image.width, height: image.height, ground: 0)
        plate.add(image, x: -image.left, baseLine: -image.top)
        plate.draw(x: left, y: top, dark: .white, light: colour, codes, on: panel)
    }
}
