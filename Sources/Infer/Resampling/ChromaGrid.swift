import Pipeline

/// Where the samples of a picture's second and third plane lie among its pixels.
struct ChromaGrid {
    private let steps: (column: Int, row: Int)
    private let counts: (columns: Int, rows: Int)
    /// Of the first sample, in pixels from the middle of the first pixel.
    let columnPlace: Double
    let rowPlace: Double

    init(_ format: VideoFormat, _ layout: PixelLayout) {
        steps = (1 << layout.log2ChromaWidth, 1 << layout.log2ChromaHeight)
        counts = (
            layout.width(ofPlane: 1, forWidth: format.width), layout.height(ofPlane: 1, forHeight: format.height)
        )
        // In 1/256 of the way from the first pixel to the last that a sample covers.
        let place = Scaler.Side(placingChromaOf: format).chroma ?? (128, 128)
        columnPlace = Double(place.column) / 256 * Double(steps.column - 1)
        rowPlace = Double(place.row) / 256 * Double(steps.row - 1)
    }

    /// Tables for the first plane, and for the other two.
    func columnTables(_ taps: [Taps]) -> [TapTable] {
        [
            TapTable(taps),
            TapTable(taps.map { $0.ofChroma(step: steps.column, place: columnPlace, count: counts.columns) }),
        ]
    }

    func rowTables(_ taps: [Taps]) -> [TapTable] {
        [TapTable(taps), TapTable(taps.map { $0.ofChroma(step: steps.row, place: rowPlace, count: counts.rows) })]
    }
}
