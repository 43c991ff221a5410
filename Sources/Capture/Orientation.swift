import CFFmpeg

/// How a stored picture is turned upright: first its rows may become columns, then each axis may be mirrored.
struct Orientation: Equatable {
    var transposes = false
    var flipsX = false
    var flipsY = false

    static let upright = Orientation()

    init(transposes: Bool = false, flipsX: Bool = false, flipsY: Bool = false) {
        self.transposes = transposes
        self.flipsX = flipsX
        self.flipsY = flipsY
    }

    /// The nearest one to a display matrix: 3x3, row-major, 16.16 fixed point, a stored point being the row vector
    /// (x, y, 1) on its left (ISO/IEC 14496-12, 8.3.2).
    init(matrix: UnsafePointer<Int32>) {
        let (xToX, xToY) = (Int(matrix[0]), Int(matrix[1]))
        let (yToX, yToY) = (Int(matrix[3]), Int(matrix[4]))
        transposes = abs(xToY) + abs(yToX) > abs(xToX) + abs(yToY)
        flipsX = (transposes ? yToX : xToX) < 0
        flipsY = (transposes ? xToY : yToY) < 0
    }

    /// Degrees, clockwise, that a display matrix turns by, where that is no right angle.
    static func oddAngle(of matrix: UnsafePointer<Int32>) -> Double? {
        let angle = -av_display_rotation_get(matrix)
        guard angle.isFinite, abs(angle - (angle / 90).rounded() * 90) > 1 else { return nil }
        return angle
    }
}
