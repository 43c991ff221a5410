import Glibc
import TestSupport

/// A grey texture with the spectrum of photographs (power falls with the square of the frequency), known between pixels
/// as well: it can be panned and zoomed by any amount without being resampled.
package struct MovingTexture: Sendable {
    /// Where the texture lies in a picture: first zoomed about the middle, then shifted, in shares of the size.
    package struct Place: Sendable {
        package var dx: Double
        package var dy: Double
        package var zoom: Double

        package init(dx: Double = 0, dy: Double = 0, zoom: Double = 1) {
            self.dx = dx
            self.dy = dy
            self.zoom = zoom
        }

        /// How far that which is at (x, y) now has come since `earlier`; all in shares.
        package func displacement(since earlier: Place, x: Double, y: Double) -> (dx: Double, dy: Double) {
            let scale = earlier.zoom / zoom
            let beforeX = 0.5 + (x - 0.5 - dx) * scale + earlier.dx
            let beforeY = 0.5 + (y - 0.5 - dy) * scale + earlier.dy
            return (x - beforeX, y - beforeY)
        }
    }

    private struct Wave {
        /// Radians a width, and a height.
        let x: Double
        let y: Double
        let phase: Double
    }
    private let waves: [Wave]
    private let amplitude: Float

    /// - Parameters:
    ///   - contrast: standard deviation in grey levels.
    ///   - finest: cycles a width of the finest detail.
    package init(seed: UInt64, contrast: Double = 40, finest: Double = 34) {
        var noise = Noise(seed)
        let count = 120
        // Frequencies that are uniform in their logarithm, all of one strength, in all directions.
        waves = (0..<count).map { _ in
            let frequency = 2 * Double.pi * exp(Double.random(in: 0..<1, using: &noise) * log(finest))
            let angle = Double.random(in: 0..<1, using: &noise) * .pi
            return Wave(
                x: frequency * cos(angle), y: frequency * sin(angle),
                phase: Double.random(in: 0..<1, using: &noise) * 2 * .pi)
        }
        amplitude = Float(contrast * (2 / Double(count)).squareRoot())
    }

    /// Grey levels `[height, width]` about 128, not clipped.
    package func picture(width: Int, height: Int, at place: Place = Place()) -> [Float] {
        var values = [Float](repeating: 128, count: width * height)
        var (cosines, sines) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
        for wave in waves {
            for x in 0..<width {
                let share = ((Double(x) + 0.5) / Double(width) - 0.5 - place.dx) / place.zoom
                let angle = wave.x * share + wave.phase
                cosines[x] = amplitude * Float(cos(angle))
                sines[x] = amplitude * Float(sin(angle))
            }
            for y in 0..<height {
                let share = ((Double(y) + 0.5) / Double(height) - 0.5 - place.dy) / place.zoom
                let (c, s) = (Float(cos(wave.y * share)), Float(sin(wave.y * share)))
                Self.add(cosines, c, sines, s, to: &values, from: y * width)
            }
        }
        return values
    }

    /// A row of a wave: cos(a + b) = cos a cos b - sin a sin b.
    private static func add(
        _ cosines: [Float], _ c: Float, _ sines: [Float], _ s: Float, to values: inout [Float], from start: Int
    ) {
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                values.withUnsafeMutableBufferPointer { values in
                    var x = 0
                    while x < cosines.count {
                        values[start + x] += c * cosines[x] - s * sines[x]
                        x += 1
                    }
                }
            }
        }
    }
}
