import Pipeline

/// Sizes of what is drawn over a picture, in pixels: in proportion to the picture.
struct Proportions {
    /// Height of the labels' font.
    let fontSize: Int
    /// From the picture's edges to what is drawn; a multiple of what a chroma sample covers.
    let margin: Int
    /// Thickness of the box's lines.
    let line: Int
    let barWidth: Int
    let barHeight: Int

    init(width: Int, height: Int, _ layout: PixelLayout) {
        // An upright picture has room for fewer letters, a wide one is judged by its height.
        let extent = Double(min(height, width * 3 / 4))
        let step = max(1 << layout.log2ChromaWidth, 1 << layout.log2ChromaHeight)
        func whole(_ value: Double) -> Int { max(Int(value) / step * step, step) }
        fontSize = max(Int((extent / 22).rounded()), 11)
        margin = whole(extent / 40)
        line = max(Int((extent / 240).rounded()), 2)
        barWidth = whole(max(extent / 45, 6))
        barHeight = whole(Double(height) * 0.4)
    }
}
