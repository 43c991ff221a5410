import Glibc
import Pipeline

/// One way to look at an example: which part of it, whether mirrored, in which light. The classifier shall not care.
struct View: Equatable {
    /// Shares of the example's width and height.
    var x = 0.0
    var y = 0.0
    var width = 1.0
    var height = 1.0
    var isMirrored = false
    /// An exponent for values in 0...1.
    var gamma = 1.0

    var isWhole: Bool { (x, y, width, height) == (0, 0, 1, 1) }

    /// The example as it is first, then the others.
    ///
    /// - Parameters:
    ///   - count: of views.
    ///   - mirrors: whether every second one is mirrored: not where left and right tell classes apart.
    ///   - seed: the same one gives the same views.
    static func some(_ count: Int, mirrors: Bool, seed: UInt64) -> [View] {
        var random = SplitMix64(seed)
        return (0..<count).map { number in
            if number == 0 { return View() }
            var view = View(isMirrored: mirrors && number % 2 == 1, gamma: random.value(in: 0.75...1.35))
            // The second view is the whole again, mirrored: the camera's own framing counts most.
            if number > 1 || !mirrors {
                // Not far from the picture's shape: squashing is as in the live picture then.
                view.width = random.value(in: 0.7...0.95)
                view.height = min(1, max(0.65, view.width * random.value(in: 0.92...1.08)))
                view.x = random.value(in: 0...(1 - view.width))
                view.y = random.value(in: 0...(1 - view.height))
            }
            return view
        }
    }

    /// The part of an area of a picture.
    func box(in area: PixelBox) -> PixelBox {
        guard !isWhole else { return area }
        let (across, down) = (Double(area.x1 - area.x0), Double(area.y1 - area.y0))
        let left = area.x0 + Int(x * across)
        let top = area.y0 + Int(y * down)
        return PixelBox(
            x0: left, y0: top, x1: min(area.x1, left + max(1, Int((width * across).rounded()))),
            y1: min(area.y1, top + max(1, Int((height * down).rounded()))))
    }

    /// Mirrors and lights a picture in place: 8-bit `[height, width, channels]`.
    func change(_ picture: UnsafeMutableRawBufferPointer, width: Int, channels: Int) {
        if gamma != 1 {
            let table = (0..<256).map { UInt8((255 * Self.power(Double($0) / 255, gamma)).rounded()) }
            table.withUnsafeBufferPointer { table in
                for index in picture.indices { picture[index] = table[Int(picture[index])] }
            }
        }
        guard isMirrored else { return }
        let row = width * channels
        for start in stride(from: 0, to: picture.count, by: row) {
            for column in 0..<width / 2 {
                let (left, right) = (start + column * channels, start + (width - 1 - column) * channels)
                for channel in 0..<channels { picture.swapAt(left + channel, right + channel) }
            }
        }
    }

    private static func power(_ value: Double, _ exponent: Double) -> Double {
        value == 0 ? 0 : exp(exponent * log(value))
    }
}
