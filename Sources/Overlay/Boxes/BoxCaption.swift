import Pipeline

/// What a box is: "dog 0.91 #3".
struct BoxCaption: Equatable {
    let name: String
    /// What follows the name, and is never shortened.
    let value: String

    init(_ observation: Observation) {
        name = observation.called.label
        value = " \(observation.called.probability.hundredths)" + (observation.track.map { " #\($0)" } ?? "")
    }
}

/// A caption on a ground in its box's colour. What was put together for the picture before is not put together again.
final class CaptionPlate {
    private let typesetter: Typesetter
    private let codes: CodeValues
    private let plate = TextPlate()
    private var caption: BoxCaption?
    private var room = 0

    /// Opacity, of 255, of the ground.
    private static let ground: UInt8 = 215

    init(_ typesetter: Typesetter, _ codes: CodeValues) {
        self.typesetter = typesetter
        self.codes = codes
    }

    var width: Int { plate.width }
    var height: Int { plate.height }

    /// - Parameter newRoom: what the plate may be wide at most, in pixels.
    func set(_ new: BoxCaption, within newRoom: Int) {
        guard new != caption || newRoom != room else { return }
        (caption, room) = (new, newRoom)
        let padding = max(typesetter.lineHeight / 6, 2)
        // Numbers change with every picture, so they are put together from what was drawn before.
        let value = new.value.map { typesetter.image(String($0)) }
        let left = max(newRoom - 2 * padding - value.reduce(0) { $0 + $1.advance }, 0)
        let name = typesetter.image(new.name, within: left)
        let images = name.advance <= left ? [name] + value : value
        let needed = images.reduce(0) { $0 + $1.advance } + 2 * padding
        let ascent = max(typesetter.ascent, images.map(\.ascent).max() ?? 0)
        let descent = max(typesetter.lineHeight - typesetter.ascent, images.map(\.descent).max() ?? 0)
        // Whole chroma samples, whatever the format.
        plate.clear(width: (needed + 3) / 4 * 4, height: (ascent + descent + 3) / 4 * 4, ground: Self.ground)
        var x = padding
        for image in images {
            plate.add(image, x: x, baseLine: ascent)
            x += image.advance
        }
    }

    func draw(at place: PixelBox, _ colour: RGB, on panel: Panel) {
        plate.draw(
            x: place.x0, y: place.y0, dark: colour, light: BoxColour.letters(on: colour), codes, on: panel)
    }
}
