import Glibc
import TestSupport

/// A texture that moves, with a disc of another texture over it that moves in its own way, seen by a camera with noise.
package struct MovingScene: Sendable {
    package var background = MovingTexture(seed: 1)
    package var object = MovingTexture(seed: 2)
    /// Of the object, in shares of the width; 0: there is none.
    package var radius = 0.0
    /// Standard deviation in grey levels, the same in all channels; that of noise that differs between them is less.
    package var noise: Float = 0
    /// What a sample is multiplied with, and what is added.
    package var gain: Float = 1
    package var offset: Float = 0

    package init() {}

    /// Where things are at one time.
    package struct Moment: Sendable {
        package var background = MovingTexture.Place()
        /// Of the object's middle from the picture's, in shares.
        package var object = MovingTexture.Place()

        package init(
            background: MovingTexture.Place = MovingTexture.Place(),
            object: MovingTexture.Place = MovingTexture.Place()
        ) {
            self.background = background
            self.object = object
        }
    }

    /// 8-bit `[height, width, channels]`.
    package func picture(
        width: Int, height: Int, channels: Int = 1, at moment: Moment, noiseSeed: UInt64 = 1
    ) -> [UInt8] {
        var values = background.picture(width: width, height: height, at: moment.background)
        if radius > 0 { draw(moment.object, over: &values, width, height) }
        var random = Noise(noiseSeed)
        var bytes = [UInt8](repeating: 0, count: values.count * channels)
        for (index, value) in values.enumerated() {
            let seen = value * gain + offset + (noise > 0 ? noise * random.gaussian() : 0)
            let byte = UInt8(max(0, min(255, seen.rounded())))
            for channel in 0..<channels { bytes[index * channels + channel] = byte }
        }
        return bytes
    }

    private func draw(_ place: MovingTexture.Place, over values: inout [Float], _ width: Int, _ height: Int) {
        let texture = object.picture(width: width, height: height, at: place)
        for y in 0..<height {
            for x in 0..<width {
                let distance = distance(
                    place, x: (Double(x) + 0.5) / Double(width), y: (Double(y) + 0.5) / Double(height))
                let opacity = Float(max(0, min(1, 0.5 - distance * Double(width))))
                let index = y * width + x
                // Darker, so that it has an edge.
                values[index] += opacity * (texture[index] - 50 - values[index])
            }
        }
    }

    /// From the object's edge, negative inside, in shares of the width.
    package func distance(_ place: MovingTexture.Place, x: Double, y: Double) -> Double {
        hypot(x - 0.5 - place.dx, y - 0.5 - place.dy) - radius * place.zoom
    }
}
