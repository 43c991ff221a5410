import Pipeline
import Testing

@testable import Demo

/// A picture of the scene, to be asked for its pixels.
struct DrawnPicture: Equatable {
    let width: Int
    let height: Int
    /// `[height, width]`, 0xRRGGBB.
    let pixels: [UInt32]

    init(_ scene: Scene, at seconds: Double) throws {
        (width, height) = (scene.settings.width, scene.settings.height)
        let drawn = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: width * height)
        defer { drawn.deallocate() }
        try scene.draw(at: seconds, into: UnsafeMutableRawPointer(drawn.baseAddress!), bytesPerRow: 4 * width)
        for place in drawn.indices { drawn[place] &= 0xff_ffff }  // the fourth byte may be anything
        pixels = Array(drawn)
    }
}

/// An object drawn by itself, without sprite and shadow, where the scene has it.
struct LoneObject {
    let surface: Surface

    init(_ drawing: Drawing, at pose: Pose, width: Int, height: Int) throws {
        surface = try Surface(width: width, height: height)
        let canvas = Canvas(surface)
        canvas.translate(pose.x, pose.y)
        canvas.rotate(pose.angle)
        canvas.scale(pose.scale)
        drawing.draw(canvas)
        try canvas.check()
        surface.flush()
    }

    /// Premultiplied 0xAARRGGBB of every pixel, `[height, width]`.
    var pixels: [UInt32] {
        surface.withPixels { start, bytesPerRow in
            (0..<surface.height).flatMap { row in
                UnsafeRawBufferPointer(start: start + row * bytesPerRow, count: 4 * surface.width)
                    .bindMemory(to: UInt32.self)
            }
        }
    }

    /// Around the pixels that are covered at least by half.
    var box: PixelBox? {
        let pixels = pixels
        let covered = pixels.indices.filter { pixels[$0] >> 24 >= 128 }
        let columns = covered.map { $0 % surface.width }
        guard let top = covered.first, let bottom = covered.last, let left = columns.min(), let right = columns.max()
        else { return nil }
        return PixelBox(x0: left, y0: top / surface.width, x1: right + 1, y1: bottom / surface.width + 1)
    }
}

/// Settings for tests: small pictures.
func settings(
    width: Int = 320, height: Int = 180, seed: UInt64 = 1, objects: [String] = Drawing.names
) -> SceneSettings {
    var settings = SceneSettings()
    (settings.width, settings.height, settings.seed, settings.objects) = (width, height, seed, objects)
    return settings
}

/// The times of the frames of `seconds` at 30 frames a second.
func frameTimes(_ seconds: Double) -> [Double] { (0..<Int(seconds * 30)).map { Double($0) / 30 } }
