import Pipeline

/// Which part of a picture goes where in the model's input.
struct InputGeometry: Equatable {
    /// The part of the picture that is scaled, in whole pixels.
    let sourceX: Int
    let sourceY: Int
    let sourceWidth: Int
    let sourceHeight: Int
    /// Where it goes in the input; the rest of the input is border.
    let targetX: Int
    let targetY: Int
    let targetWidth: Int
    let targetHeight: Int
    /// The part of the picture that the whole input shows: more than the picture where there are borders.
    let region: Region

    /// - Parameters:
    ///   - pixelAspect: width of a pixel to its height.
    ///   - step: a cut starts at multiples of this many pixels (2 for 4:2:0), so that chroma stays in place.
    ///   - cropFrom: what the shorter side is scaled to before the input's size is cut from the middle.
    init(
        picture: (width: Int, height: Int), pixelAspect: Double, step: (x: Int, y: Int),
        input: (width: Int, height: Int), resize: ModelCard.Resize, cropFrom: Int?
    ) {
        switch resize {
        case .squash:
            self.init(source: (0, 0, picture.width, picture.height), target: (0, 0, input.width, input.height), input)
        case .crop:
            // Work in displayed shape: a picture pixel is `pixelAspect` wide and 1 high.
            let shorter = min(Double(picture.width) * pixelAspect, Double(picture.height))
            let scale = shorter / Double(cropFrom ?? min(input.width, input.height))
            let width = min(Double(picture.width), Double(input.width) * scale / pixelAspect)
            let height = min(Double(picture.height), Double(input.height) * scale)
            let x = Int((Double(picture.width) - width) / 2) / step.x * step.x
            let y = Int((Double(picture.height) - height) / 2) / step.y * step.y
            self.init(
                source: (
                    x, y, min(picture.width - x, max(1, Int(width.rounded()))),
                    min(picture.height - y, max(1, Int(height.rounded())))
                ), target: (0, 0, input.width, input.height), input)
        case .letterbox:
            let scale = min(
                Double(input.width) / (Double(picture.width) * pixelAspect),
                Double(input.height) / Double(picture.height))
            let width = min(input.width, max(1, Int((Double(picture.width) * pixelAspect * scale).rounded())))
            let height = min(input.height, max(1, Int((Double(picture.height) * scale).rounded())))
            self.init(
                source: (0, 0, picture.width, picture.height),
                target: ((input.width - width) / 2, (input.height - height) / 2, width, height), input)
        }
    }

    private init(
        source: (x: Int, y: Int, width: Int, height: Int), target: (x: Int, y: Int, width: Int, height: Int),
        _ input: (width: Int, height: Int)
    ) {
        (sourceX, sourceY, sourceWidth, sourceHeight) = source
        (targetX, targetY, targetWidth, targetHeight) = target
        let scaleX = Double(source.width) / Double(target.width)
        let scaleY = Double(source.height) / Double(target.height)
        region = Region(
            x: Double(source.x) - Double(target.x) * scaleX, y: Double(source.y) - Double(target.y) * scaleY,
            width: Double(input.width) * scaleX, height: Double(input.height) * scaleY)
    }

    /// Whether part of the input is border.
    func hasBorder(in input: (width: Int, height: Int)) -> Bool {
        targetWidth < input.width || targetHeight < input.height
    }
}
