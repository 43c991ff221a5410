import Pipeline

/// Which part of a picture goes where in the model's input.
struct InputGeometry: Equatable {
    /// What the whole picture is scaled to.
    let scaledWidth: Int
    let scaledHeight: Int
    /// Which part of that is cut out: from here on, as large as the target.
    let cropX: Int
    let cropY: Int
    /// Where it goes in the input; the rest of the input is border.
    let targetX: Int
    let targetY: Int
    let targetWidth: Int
    let targetHeight: Int
    /// The part of the picture that the whole input shows: more than the picture where there are borders.
    private(set) var region: Region

    /// - Parameters:
    ///   - pixelAspect: width of a pixel to its height.
    ///   - place: of a letterboxed picture between its borders.
    ///   - cropFrom: what the shorter side is scaled to before the input's size is cut from the middle.
    init(
        picture: (width: Int, height: Int), pixelAspect: Double, input: (width: Int, height: Int),
        resize: ModelCard.Resize, cropFrom: Int?, place: ModelCard.Place = .centre
    ) {
        // The shape that is displayed: a picture pixel is `pixelAspect` wide and 1 high.
        let (width, height) = (Double(picture.width) * pixelAspect, Double(picture.height))
        switch resize {
        case .squash:
            self.init(picture, scaled: input, crop: (0, 0), target: (0, 0, input.width, input.height), input)
        case .crop:
            // Sizes are rounded as torchvision's Resize and CenterCrop round them.
            let shorter = Double(cropFrom ?? min(input.width, input.height))
            let scaled = (
                width: max(input.width, Int(width <= height ? shorter : shorter * width / height)),
                height: max(input.height, Int(width <= height ? shorter * height / width : shorter))
            )
            let crop = (
                x: Int((Double(scaled.width - input.width) / 2).rounded(.toNearestOrEven)),
                y: Int((Double(scaled.height - input.height) / 2).rounded(.toNearestOrEven))
            )
            self.init(picture, scaled: scaled, crop: crop, target: (0, 0, input.width, input.height), input)
        case .letterbox:
            let scale = min(Double(input.width) / width, Double(input.height) / height)
            let scaled = (
                width: min(input.width, max(1, Int((width * scale).rounded()))),
                height: min(input.height, max(1, Int((height * scale).rounded())))
            )
            self.init(
                picture, scaled: scaled, crop: (0, 0),
                target: (
                    place == .topLeft ? 0 : (input.width - scaled.width) / 2,
                    place == .topLeft ? 0 : (input.height - scaled.height) / 2, scaled.width, scaled.height
                ), input)
        }
    }

    private init(
        _ picture: (width: Int, height: Int), scaled: (width: Int, height: Int), crop: (x: Int, y: Int),
        target: (x: Int, y: Int, width: Int, height: Int), _ input: (width: Int, height: Int)
    ) {
        (scaledWidth, scaledHeight) = scaled
        (cropX, cropY) = crop
        (targetX, targetY, targetWidth, targetHeight) = target
        let scaleX = Double(picture.width) / Double(scaled.width)
        let scaleY = Double(picture.height) / Double(scaled.height)
        region = Region(
            x: Double(crop.x - target.x) * scaleX, y: Double(crop.y - target.y) * scaleY,
            width: Double(input.width) * scaleX, height: Double(input.height) * scaleY)
    }

    /// The same of a part of a larger picture.
    ///
    /// - Parameter x: of the part's corner in that picture, as `y`.
    mutating func move(x: Int, y: Int) {
        region.x += Double(x)
        region.y += Double(y)
    }

    /// Whether part of the input is border.
    func hasBorder(in input: (width: Int, height: Int)) -> Bool {
        targetWidth < input.width || targetHeight < input.height
    }
}
