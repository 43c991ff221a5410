import CBlend
import Pipeline

/// A line of a label: a class and how probable it is, or a remark.
struct LabelLine: Equatable {
    let name: String
    /// In tenths of a percent; nil for a remark.
    let permille: Int?
    /// Lines that the heat is not about stand back.
    let isFaint: Bool

    init(remark: String, isFaint: Bool = true) {
        name = remark
        permille = nil
        self.isFaint = isFaint
    }

    init(_ prediction: Prediction, isFaint: Bool = false) {
        name = prediction.label
        // Written so that NaN becomes 0.
        permille = prediction.probability > 0 ? Int((min(Double(prediction.probability), 1) * 1000).rounded()) : 0
        self.isFaint = isFaint
    }

    /// What follows the name.
    var value: String { permille.map { " \($0 / 10).\($0 % 10) %" } ?? "" }
}

/// A few lines of text on a dark ground, drawn into a picture's own planes. Text that was drawn for the picture before
/// is not drawn again.
final class Label {
    private let glyphs: Glyphs
    private let codes: CodeValues
    /// Opacity, of 255, of the ground: enough for white on white.
    private static let ground: UInt8 = 150
    /// Space around the lines, in pixels.
    private let padding: Int

    private var lines: [LabelLine] = []
    private var maximumWidth = 0
    /// Coverage, [height, width].
    private var dark = Memory<UInt8>([])
    private var light = Memory<UInt8>([])
    private var width = 0
    private var height = 0

    init(_ glyphs: Glyphs, _ codes: CodeValues) {
        self.glyphs = glyphs
        self.codes = codes
        padding = max(glyphs.lineHeight / 5, 2)
    }

    enum Place { case topLeft, centre }

    /// Draws lines on a panel, shortened to its width.
    ///
    /// - Parameter margin: from the panel's edges to the label, in pixels.
    func draw(_ newLines: [LabelLine], at place: Place = .topLeft, margin: Int, on panel: Panel) {
        let room = panel.width - 2 * margin
        guard room > 4 * padding, !newLines.isEmpty else { return }
        if newLines != lines || room != maximumWidth { render(newLines, maximumWidth: room) }
        let (x, y) =
            switch place {
            case .topLeft: (margin, margin)
            // Whole chroma samples, whatever the format.
            case .centre: (max(panel.width - width, 0) / 8 * 4, max(panel.height - height, 0) / 8 * 4)
            }
        var coverage = cblend_coverage(
            dark: dark.start, light: light.start, stride: Int32(width), width: Int32(width), height: Int32(height))
        for number in 0..<3 {
            var target = panel.plane(number)
            cblend_stamp(
                &target, Int32(x), Int32(y), &coverage, codes.sample(.black, plane: number),
                codes.sample(.white, plane: number))
        }
    }

    private func render(_ newLines: [LabelLine], maximumWidth room: Int) {
        lines = newLines
        maximumWidth = room
        // A name that is too long loses its end.
        let texts = lines.map { line in
            TextLine(line.name, then: line.value, within: room - 2 * padding, glyphs)
        }
        width = min(texts.map(\.width).max() ?? 0, room - 2 * padding) + 2 * padding
        height = lines.count * glyphs.lineHeight + 2 * padding
        // Whole chroma samples, whatever the format.
        width = (width + 3) / 4 * 4
        height = (height + 3) / 4 * 4
        clear()
        for (number, (line, text)) in zip(lines, texts).enumerated() {
            let baseLine = padding + number * glyphs.lineHeight + glyphs.ascent
            for item in text.placed {
                let glyph = glyphs[item.glyph]
                add(glyph.outline, x: padding + item.x, y: baseLine, strength: 230, to: dark)
                add(glyph.shape, x: padding + item.x, y: baseLine, strength: line.isFaint ? 180 : 255, to: light)
            }
        }
    }

    /// No letters, and the ground with its corners rounded.
    private func clear() {
        let count = width * height
        if light.count < count {
            light = Memory(Array(repeating: 0, count: count))
            dark = Memory(Array(repeating: 0, count: count))
        }
        light.start.update(repeating: 0, count: count)
        dark.start.update(repeating: Self.ground, count: count)
        let radius = min(padding * 3 / 2, width / 2, height / 2)
        for y in 0..<radius {
            for x in 0..<radius {
                let (across, down) = (Double(radius - x) - 0.5, Double(radius - y) - 0.5)
                let inside = Double(radius) + 0.5 - (across * across + down * down).squareRoot()
                let corner = UInt8(min(max(inside, 0), 1) * Double(Self.ground))
                for row in [y, height - 1 - y] {
                    dark.start[row * width + x] = corner
                    dark.start[row * width + width - 1 - x] = corner
                }
            }
        }
    }

    private func add(_ bitmap: Glyphs.Bitmap, x: Int, y: Int, strength: Int32, to coverage: Memory<UInt8>) {
        glyphs.withCoverage(bitmap) { drawn in
            cblend_cover(
                coverage.start, Int32(width), Int32(height), drawn, Int32(x + bitmap.left), Int32(y + bitmap.top),
                Int32(bitmap.width), Int32(bitmap.height), strength)
        }
    }
}
