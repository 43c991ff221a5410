@testable import Tracking

extension MotionField {
    /// Share of the cells that move.
    var movingShare: Float {
        var moving = 0
        for cell in 0..<count where dx[cell] != 0 || dy[cell] != 0 { moving += 1 }
        return Float(moving) / Float(count)
    }
}
