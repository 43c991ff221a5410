import Pipeline

/// Where the panels of a layout lie in the output picture, in pixels.
struct Arrangement {
    let width: Int
    let height: Int
    let panelWidth: Int
    let panelHeight: Int
    /// From one panel to the one at its right: so wide that each begins with a whole chroma sample.
    let pitch: Int
    /// Top left corners, row by row.
    let origins: [(x: Int, y: Int)]

    /// - Parameter methods: how many are compared.
    init(_ layout: OverlayConfig.Layout, _ input: VideoFormat, _ pixels: PixelLayout, methods: Int = 1) {
        let step = 1 << pixels.log2ChromaWidth
        var (columns, rows) = (1, 1)
        switch layout {
        case .overlay: break
        case .sideBySide: columns = 2
        case .triple: columns = 3
        case .grid: (columns, rows) = (3, 2)
        case .compare:
            columns = methods > 3 ? (methods + 1) / 2 : methods
            rows = methods > 3 ? 2 : 1
        }
        if layout == .grid {
            // Half size, rounded to what codecs and chroma want.
            panelWidth = Self.half(input.width, step: max(step, 2))
            panelHeight = Self.half(input.height, step: max(1 << pixels.log2ChromaHeight, 2))
        } else {
            panelWidth = input.width
            panelHeight = input.height
        }
        let pitch = columns == 1 ? panelWidth : (panelWidth + step - 1) / step * step
        let height = panelHeight
        self.pitch = pitch
        width = pitch * columns
        self.height = height * rows
        origins = (0..<rows).flatMap { row in (0..<columns).map { (x: $0 * pitch, y: row * height) } }
    }

    private static func half(_ length: Int, step: Int) -> Int {
        max((length / 2 + step / 2) / step * step, step)
    }
}
