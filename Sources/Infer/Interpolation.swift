/// How a picture is scaled to the model's input; raw values are the card's words.
package enum Interpolation: String, Sendable, CaseIterable {
    case bilinear
    case bicubic
    case area
    case nearest
    /// Bilinear between the four nearest pixels, however much the picture shrinks.
    case bilinearWithoutAntialias = "bilinear-no-antialias"
}
