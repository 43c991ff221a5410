/// How a picture is scaled to the model's input, each as one library does it; raw values are the card's words.
package enum Interpolation: String, Sendable, CaseIterable {
    /// A triangle as wide as the scale needs: Pillow's BILINEAR; torchvision's and PyTorch's with antialias.
    case bilinear
    /// Cubic convolution, a = -0.5, as wide as the scale needs: Pillow's BICUBIC; torchvision's with antialias.
    case bicubic
    /// The mean of what an output covers, parts of pixels by their share: OpenCV's INTER_AREA, enlarging included.
    case area
    /// The pixel at the output's middle: Pillow's NEAREST, not OpenCV's.
    case nearest
    /// Between the four pixels around the output's middle, however much the picture shrinks: OpenCV's INTER_LINEAR.
    case bilinearWithoutAntialias = "bilinear-no-antialias"
    /// The mean of the pixels whose middle an output covers: Pillow's BOX.
    case box
    /// Pillow's HAMMING.
    case hamming
    /// A sinc of three lobes: Pillow's LANCZOS.
    case lanczos
}
