import CMotion

/// One cell of the grid: where it lies, and what is found out about it for a picture. Lengths are in samples of the
/// finest plane.
struct CellMotion {
    /// Top left corner of its patch: around the cell's middle, moved inwards at the plane's edges.
    let x: Int
    let y: Int
    /// The patch's middle and the cell's own, from the plane's middle, in half widths of the plane.
    let patchMiddle: SIMD2<Float>
    let middle: SIMD2<Float>
    /// Whether the cell lies in the picture, and not in a border that the input's shape left.
    let isInPicture: Bool

    /// What is found by comparing the patch alone.
    var found = SIMD2<Float>(0, 0)
    /// Squared differences there.
    var foundError: Float = 0
    var texture = cmotion_texture()
    /// Whether what the patch shows was mostly inside of the picture before.
    var wasInside = true

    /// What the field says at the end: for the patch.
    var chosen = SIMD2<Float>(0, 0)
    /// Whether that is the cell's own rather than the camera's motion.
    var movesByItself = false
    var confidence: Float = 1

    static let patchSize = 16
    static let samples = Float(patchSize * patchSize)

    /// - Parameters:
    ///   - middleX, middleY: in samples of the finest plane; may lie outside.
    ///   - plane: its size.
    init(middleX: Float, middleY: Float, plane: (width: Int, height: Int)) {
        let half = Float(Self.patchSize / 2)
        x = max(0, min(plane.width - Self.patchSize, Int((middleX - half).rounded())))
        y = max(0, min(plane.height - Self.patchSize, Int((middleY - half).rounded())))
        let centre = SIMD2<Float>(Float(plane.width), Float(plane.height)) / 2
        // Samples lie in the middle of pixels: a patch of 16 that starts at 0 has its middle at 8.
        patchMiddle = (SIMD2<Float>(Float(x), Float(y)) + half - centre) / centre.x
        middle = (SIMD2<Float>(middleX, middleY) - centre) / centre.x
        isInPicture =
            middleX >= 0 && middleY >= 0 && middleX <= Float(plane.width) && middleY <= Float(plane.height)
    }
}

/// The motion of the whole picture: displacement of what is at `place` = `shift` + zoom and turn about the plane's
/// middle.
struct CameraMotion: Equatable {
    /// Samples of the finest plane.
    var shift = SIMD2<Float>(0, 0)
    /// Samples at the middle of the right border.
    var zoom: Float = 0
    var turn: Float = 0

    /// - Parameter place: from the plane's middle, in half widths.
    func at(_ place: SIMD2<Float>) -> SIMD2<Float> {
        [shift.x + zoom * place.x - turn * place.y, shift.y + zoom * place.y + turn * place.x]
    }
}
