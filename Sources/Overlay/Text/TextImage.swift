/// A line of text, drawn: coverage of its letters and of the letters with a margin around them.
final class TextImage {
    /// How far the text after it moves on, in pixels.
    let advance: Int
    /// From the base line to the top of the highest letter and to the bottom of the lowest, in pixels.
    let ascent: Int
    let descent: Int
    /// From the pen's first position on the base line to the top left corner, in pixels; y goes down.
    let left: Int
    let top: Int
    let width: Int
    let height: Int
    /// Coverage, `[height, width]`: of the letters in the text's own colour, and of all letters with their margin.
    let shape: Memory<UInt8>
    let outline: Memory<UInt8>?
    /// What has colours of its own, `[height, width]`, ARGB multiplied by alpha; nil if nothing has.
    let colours: Memory<UInt32>?

    /// - Parameters:
    ///   - letters: `[height, width]`, ARGB multiplied by alpha, drawn in white.
    ///   - outline: coverage, `[height, width]`.
    init(
        advance: Int, ascent: Int, descent: Int, left: Int, top: Int, width: Int, height: Int, letters: [UInt32],
        outline: [UInt8]?
    ) {
        (self.advance, self.ascent, self.descent) = (advance, ascent, descent)
        (self.left, self.top, self.width, self.height) = (left, top, width, height)
        var isColoured = false
        shape = Memory(count: letters.count) { index in
            let value = letters[index]
            guard Self.isColoured(value) else { return UInt8(value & 0xff) }
            isColoured = true
            return 0
        }
        colours =
            isColoured ? Memory(count: letters.count) { Self.isColoured(letters[$0]) ? letters[$0] : 0 } : nil
        self.outline = outline.map(Memory.init)
    }

    /// White letters have the same value in all four bytes; what differs has a colour of its own.
    private static func isColoured(_ value: UInt32) -> Bool { value != (value & 0xff) &* 0x0101_0101 }

    /// Nothing but room, as for a space.
    convenience init(advance: Int) {
        self.init(
            advance: advance, ascent: 0, descent: 0, left: 0, top: 0, width: 0, height: 0, letters: [], outline: nil)
    }

    /// In bytes, of what is kept.
    var size: Int { width * height * (1 + (outline == nil ? 0 : 1) + (colours == nil ? 0 : 4)) }
}
