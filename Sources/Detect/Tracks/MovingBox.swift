import Pipeline

/// A box that moves at a speed that changes little: its centre and its size, each filtered by itself.
///
/// The noises are ByteTrack's, in shares of the box's height: 1/20 of what is measured, and of velocities a wander of about one
/// height a second each second (1/160 a picture, at 30 pictures a second).
struct MovingBox: Sendable, Equatable {
    private var x: Coordinate
    private var y: Coordinate
    private var width: Coordinate
    private var height: Coordinate

    private static let noise = 0.05
    private static let wander = 1.0
    /// Before anything is known of an object, it may cross its own height in a third of a second.
    private static let firstSpeed = 3.0

    init(_ box: Region) {
        func coordinate(_ value: Double) -> Coordinate {
            Coordinate(value, noise: Self.noise * box.height, speed: Self.firstSpeed * box.height)
        }
        (x, y) = (coordinate(box.x + box.width / 2), coordinate(box.y + box.height / 2))
        (width, height) = (coordinate(box.width), coordinate(box.height))
    }

    var region: Region {
        Region(
            centreX: x.value, y.value, width: max(width.value, Self.smallest), height: max(height.value, Self.smallest))
    }

    /// In pixels.
    private static let smallest = 1.0

    mutating func predict(after elapsed: Double) {
        let size = max(height.value, Self.smallest)
        let wander = Self.wander * size * size
        x.predict(after: elapsed, wander: wander)
        y.predict(after: elapsed, wander: wander)
        width.predict(after: elapsed, wander: wander)
        height.predict(after: elapsed, wander: wander)
    }

    mutating func correct(_ box: Region) {
        let noise = Self.noise * max(height.value, Self.smallest)
        x.correct(box.x + box.width / 2, noise: noise)
        y.correct(box.y + box.height / 2, noise: noise)
        width.correct(box.width, noise: noise)
        height.correct(box.height, noise: noise)
    }

    /// What is hidden goes on as it went, and does not change its size.
    mutating func keepSize() {
        width.velocity = 0
        height.velocity = 0
    }
}
