import Pipeline

/// A line of a label: a class and how probable it is, or a remark.
struct LabelLine: Equatable {
    let name: String
    /// In tenths of a percent; nil for a remark.
    let permille: Int?
    /// What follows the name in the place of percent.
    private var ending: String?
    /// Lines that the heat is not about stand back.
    let isFaint: Bool

    init(remark: String, isFaint: Bool = true) {
        name = remark
        permille = nil
        self.isFaint = isFaint
    }

    /// Where a class would stand; no class's name looks like it.
    static let nothingRecognised = LabelLine(remark: "— nothing recognised —")

    init(_ prediction: Prediction, isFaint: Bool = false, _ reading: ScoreReading = .probability) {
        name = prediction.label
        switch reading {
        case .probability, .share, .objects: break
        case .anomaly:
            // Both are told by the same number, so that it rises with what is wrong.
            ending = " \(ScoreReading.anomalyScore(prediction).hundredths)"
        case .none: ending = ""
        }
        // Written so that NaN becomes 0.
        permille = prediction.probability > 0 ? Int((min(Double(prediction.probability), 1) * 1000).rounded()) : 0
        self.isFaint = isFaint
    }

    /// What a class is told apart from.
    init(versus other: Prediction) {
        self.init(
            Prediction(classID: other.classID, label: "versus \(other.label)", probability: other.probability),
            isFaint: true)
    }

    /// The number that takes the most room.
    static let longestValue = "100.0 %"

    /// What follows the name.
    var value: String { ending ?? permille.map { " \($0 / 10).\($0 % 10) %" } ?? "" }
}

/// A few lines of text on a dark ground, drawn into a picture's own planes. Text that was drawn for the picture before
/// is not drawn again.
final class Label {
    private let typesetter: Typesetter
    private let codes: CodeValues
    /// Opacity, of 255, of the ground: enough for white on white.
    private static let ground: UInt8 = 150
    /// Space around the lines, in pixels.
    private let padding: Int

    private var lines: [LabelLine] = []
    private var maximumWidth = 0
    private let plate = TextPlate()

    init(_ typesetter: Typesetter, _ codes: CodeValues) {
        self.typesetter = typesetter
        self.codes = codes
        padding = Self.padding(typesetter)
    }

    private static func padding(_ typesetter: Typesetter) -> Int { max(typesetter.lineHeight / 5, 2) }

    /// A font of the given size, or one that is small enough for the longest number.
    ///
    /// - Parameter room: for a label and its ground, in pixels.
    static func typesetter(
        _ font: Font, size: Int, pixelAspect: Double, room: Int
    ) -> Typesetter {
        var size = size
        while true {
            let typesetter = Typesetter(font, size: size, pixelAspect: pixelAspect, isOutlined: true)
            let needed = TypesetLine.width(of: LabelLine.longestValue, typesetter) + 2 * padding(typesetter)
            guard needed > room, size > smallestFont else { return typesetter }
            size = max(min(size * max(room, 0) / needed, size - 1), smallestFont)
        }
    }

    /// In pixels: what is smaller cannot be read at all.
    private static let smallestFont = 4

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
            case .centre:
                (max(panel.width - plate.width, 0) / 8 * 4, max(panel.height - plate.height, 0) / 8 * 4)
            }
        plate.draw(x: x, y: y, dark: .black, light: .white, codes, on: panel)
    }

    private func render(_ newLines: [LabelLine], maximumWidth room: Int) {
        lines = newLines
        maximumWidth = room
        let typeset = lines.map { TypesetLine($0, within: room - 2 * padding, typesetter) }
        var width = min(typeset.map(\.width).max() ?? 0, room - 2 * padding) + 2 * padding
        var height = typeset.reduce(0) { $0 + $1.ascent + $1.descent } + 2 * padding
        // Whole chroma samples, whatever the format.
        width = (width + 3) / 4 * 4
        height = (height + 3) / 4 * 4
        plate.clear(width: width, height: height, ground: Self.ground)
        roundCorners()
        var top = padding
        for line in typeset {
            for (image, x) in line.images {
                plate.add(image, x: padding + x, baseLine: top + line.ascent, strength: line.isFaint ? 180 : 255)
            }
            top += line.ascent + line.descent
        }
    }

    private func roundCorners() {
        let (width, height, dark) = (plate.width, plate.height, plate.dark)
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
}

/// A label's line as images of its name and of each character of its number, so that a number that changes with every
/// picture is put together from what was drawn before.
struct TypesetLine {
    /// With the places of their pens, in pixels.
    let images: [(image: TextImage, x: Int)]
    let width: Int
    let ascent: Int
    let descent: Int
    let isFaint: Bool

    /// The name is shortened to the room that the number leaves, and the number never.
    ///
    /// - Parameter room: in pixels.
    init(_ line: LabelLine, within room: Int, _ typesetter: Typesetter) {
        let value = line.value.map { typesetter.image(String($0)) }
        let left = room - value.reduce(0) { $0 + $1.advance }
        let name = typesetter.image(line.name, within: left)
        var images: [(image: TextImage, x: Int)] = []
        var x = 0
        // Where there is not even room for an ellipsis, the number stands alone.
        for image in name.advance <= left ? [name] + value : value.drop(while: { $0.width == 0 }).map(\.self) {
            images.append((image, x))
            x += image.advance
        }
        (self.images, width, isFaint) = (images, x, line.isFaint)
        // Scripts that reach higher or lower than the font's own letters get the room that they need.
        ascent = max(typesetter.ascent, images.map(\.image.ascent).max() ?? 0)
        descent = max(typesetter.lineHeight - typesetter.ascent, images.map(\.image.descent).max() ?? 0)
    }

    /// Of a number, in pixels.
    static func width(of value: String, _ typesetter: Typesetter) -> Int {
        value.reduce(0) { $0 + typesetter.image(String($1)).advance }
    }
}
