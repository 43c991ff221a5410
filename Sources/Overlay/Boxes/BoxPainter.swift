import Pipeline

/// Draws the boxes of things on a panel, each with its caption and in its colour.
final class BoxPainter {
    private let codes: CodeValues
    private let line: Int
    /// nil: no captions are asked for.
    private let typesetter: Typesetter?
    /// One for each box of the picture with most of them.
    private var plates: [CaptionPlate] = []

    init(_ codes: CodeValues, line: Int, _ typesetter: Typesetter?) {
        self.codes = codes
        self.line = line
        self.typesetter = typesetter
    }

    /// A font of five eighths of the labels' size: there may be many boxes.
    static func typesetter(_ font: Font, _ sizes: Proportions, pixelAspect: Double) -> Typesetter {
        Typesetter(font, size: max(sizes.fontSize * 5 / 8, 10), pixelAspect: pixelAspect, isOutlined: false)
    }

    /// - Parameters:
    ///   - observations: best first; those without a box are passed over.
    ///   - scale: of the panel to the picture.
    ///   - bar: what captions shall not cover; nil: nothing.
    func draw(
        _ observations: [Observation], scale: (x: Double, y: Double) = (1, 1), avoiding bar: PixelBox?,
        on panel: Panel
    ) {
        let boxed = observations.compactMap { observation in
            observation.box.flatMap { $0.scaled(scale, within: panel) }.map {
                (box: $0, colour: BoxColour.of(observation.track ?? observation.prediction.classID), observation)
            }
        }
        // The best one lies on top.
        for one in boxed.reversed() { panel.frame(one.box, line: line, one.colour, codes) }
        guard let typesetter else { return }
        // The best one chooses its place first.
        var taken = [bar].compactMap { $0 }
        for (number, (box, colour, observation)) in boxed.enumerated() {
            if plates.count == number { plates.append(CaptionPlate(typesetter, codes)) }
            let plate = plates[number]
            plate.set(BoxCaption(observation), within: panel.width)
            guard plate.width <= panel.width, plate.height <= panel.height else { continue }
            let place = LabelPlace.find(
                width: plate.width, height: plate.height, at: box, pictureWidth: panel.width,
                pictureHeight: panel.height, avoiding: taken)
            taken.append(place)
            plate.draw(at: place, colour, on: panel)
        }
    }
}

extension PixelBox {
    /// In a panel that shows the picture larger or smaller; nil: nothing of it is there.
    fileprivate func scaled(_ scale: (x: Double, y: Double), within panel: Panel) -> PixelBox? {
        func along(_ value: Int, _ factor: Double, _ length: Int) -> Int {
            min(max(Int((Double(value) * factor).rounded()), 0), length)
        }
        let box = PixelBox(
            x0: along(x0, scale.x, panel.width), y0: along(y0, scale.y, panel.height),
            x1: along(x1, scale.x, panel.width), y1: along(y1, scale.y, panel.height))
        return box.x0 < box.x1 && box.y0 < box.y1 ? box : nil
    }
}
