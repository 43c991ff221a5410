import Glibc
package import Tracking

/// A scene whose motion is known at any time, and how far a field is off.
package struct MotionCase: Sendable {
    package let name: String
    package var scene = MovingScene()
    /// Where things are in a picture, by its number.
    package let moment: @Sendable (Int) -> MovingScene.Moment
    package var width = 112
    package var height = 112
    package var channels = 1
    /// Number of the first picture of another scene.
    package var cut: Int?

    package init(_ name: String, moment: @escaping @Sendable (Int) -> MovingScene.Moment) {
        self.name = name
        self.moment = moment
    }

    /// 8-bit `[height, width, channels]`.
    package func picture(_ number: Int) -> [UInt8] {
        var scene = scene
        if let cut, number >= cut { scene.background = MovingTexture(seed: 99) }
        return scene.picture(
            width: width, height: height, channels: channels, at: moment(number), noiseSeed: UInt64(number + 1))
    }

    /// How far the field between a picture and the one before is off. Lengths are in samples of a plane that is 112 wide.
    package struct Error: Sendable {
        /// Mean distance from the true displacement, over the cells that were in the picture before, and don't lie on the
        /// object's edge.
        package var mean: Float = 0
        package var largest: Float = 0
        /// The same over the cells that show the object, and over those that do not.
        package var meanOfObject: Float = 0
        package var meanOfBackground: Float = 0
        /// Share of the background's cells that move where they don't.
        package var disturbed: Float = 0
    }

    package func error(of field: borrowing MotionField, at number: Int) -> Error {
        let (now, before) = (moment(number), moment(number - 1))
        var (object, background) = (Sum(), Sum())
        var disturbed = 0
        for row in 0..<field.rows {
            for column in 0..<field.columns {
                let x = (Double(column) + 0.5) / Double(field.columns)
                let y = (Double(row) + 0.5) / Double(field.rows)
                let depth = scene.radius > 0 ? scene.distance(now.object, x: x, y: y) : 1
                // Patches are 16 of 112 samples wide: within half of that the edge is seen.
                guard abs(depth) > 8.0 / 112 else { continue }
                let truth =
                    depth < 0
                    ? now.object.displacement(since: before.object, x: x, y: y)
                    : now.background.displacement(since: before.background, x: x, y: y)
                guard (0...1).contains(x - truth.dx) && (0...1).contains(y - truth.dy) else { continue }
                let cell = row * field.columns + column
                let (dx, dy) = (field.dx[cell] - Float(truth.dx), field.dy[cell] - Float(truth.dy))
                let distance = 112 * (dx * dx + dy * dy).squareRoot()
                if depth < 0 { object.add(distance) } else { background.add(distance) }
                if depth > 0 && hypot(truth.dx, truth.dy) < 1e-9 && (field.dx[cell], field.dy[cell]) != (0, 0) {
                    disturbed += 1
                }
            }
        }
        return Error(
            mean: (object.sum + background.sum) / Float(max(1, object.count + background.count)),
            largest: max(object.largest, background.largest), meanOfObject: object.mean,
            meanOfBackground: background.mean, disturbed: Float(disturbed) / Float(max(1, background.count)))
    }

    private struct Sum {
        var sum: Float = 0
        var count = 0
        var largest: Float = 0
        var mean: Float { sum / Float(max(1, count)) }

        mutating func add(_ value: Float) {
            sum += value
            count += 1
            largest = max(largest, value)
        }
    }
}

extension MotionCase {
    /// A camera that pans by so many samples of 112 a picture.
    package static func pan(_ dx: Double, _ dy: Double, noise: Float = 0) -> MotionCase {
        var motion = MotionCase("pan \(dx), \(dy), noise \(noise)") { number in
            MovingScene.Moment(
                background: MovingTexture.Place(dx: dx * Double(number) / 112, dy: dy * Double(number) / 112))
        }
        motion.scene.noise = noise
        return motion
    }

    /// A camera that comes closer by so many percent a picture.
    package static func zoom(percent: Double, noise: Float = 0) -> MotionCase {
        var motion = MotionCase("zoom \(percent) %, noise \(noise)") { number in
            var zoom = 1.0
            for _ in 0..<number { zoom *= 1 + percent / 100 }
            return MovingScene.Moment(background: MovingTexture.Place(zoom: zoom))
        }
        motion.scene.noise = noise
        return motion
    }

    /// A disc that moves by so many samples of 112 a picture over a background that stands still, or moves, too.
    package static func object(
        _ dx: Double, _ dy: Double, radius: Double = 0.2, background: (dx: Double, dy: Double) = (0, 0),
        noise: Float = 0
    ) -> MotionCase {
        var motion = MotionCase("object \(dx), \(dy) over \(background), noise \(noise)") { number in
            let time = Double(number) / 112
            return MovingScene.Moment(
                background: MovingTexture.Place(dx: background.dx * time, dy: background.dy * time),
                object: MovingTexture.Place(dx: dx * (time - 2 / 112), dy: dy * (time - 2 / 112)))
        }
        motion.scene.radius = radius
        motion.scene.noise = noise
        return motion
    }

    package static func still(noise: Float) -> MotionCase {
        var motion = MotionCase("still, noise \(noise)") { _ in MovingScene.Moment() }
        motion.scene.noise = noise
        return motion
    }
}
