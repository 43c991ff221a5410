import CMotion

/// A picture's grey, small, at three scales, each half of the one before; memory that is filled anew for each picture.
final class LumaPyramid {
    /// Samples and their gradients.
    struct Level {
        let samples: cmotion_plane
        let gradientX: cmotion_plane
        let gradientY: cmotion_plane

        /// The first sample of a square patch of this level, with what it is compared with in another picture.
        func patch(x: Int, y: Int, size: Int, previous: Level, gain: Float) -> cmotion_patch {
            let place = y * samples.stride + x
            return cmotion_patch(
                current: samples.start + place, gradient_x: gradientX.start + place,
                gradient_y: gradientY.start + place, previous: previous.samples.start + place,
                stride: samples.stride, size: Int32(size), gain: gain)
        }
    }

    let fine: Level
    let middle: Level
    /// The coarsest scale without what changes slowly over the picture, such as light.
    let detail: cmotion_plane

    private let raw: cmotion_plane
    private let coarse: cmotion_plane
    private let memory: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<UInt16>
    private let factor: Int

    /// Pixels of a sample in each direction: their sums must fit 16 bits across and 32 in all.
    static let largestFactor = 64

    /// - Parameters:
    ///   - width, height: of the finest scale; at least 16.
    ///   - factor: how many pixels of the picture make one sample, in each direction.
    init(width: Int, height: Int, factor: Int) {
        precondition(min(width, height) >= 16 && (1...Self.largestFactor).contains(factor))
        self.factor = factor
        let sizes = (0..<3).map { (width >> $0, height >> $0) }
        let counts = sizes.map { Self.sampleCount($0) }
        let total = 4 * counts[0] + 3 * counts[1] + 2 * counts[2]
        memory = .allocate(capacity: total)
        memory.initialize(repeating: 0, count: total)
        let longest = 3 * (width + 2 * Int(CMOTION_BORDER))
        scratch = .allocate(capacity: longest)
        scratch.initialize(repeating: 0, count: longest)
        sums = .allocate(capacity: width * factor)
        sums.initialize(repeating: 0, count: width * factor)
        var next = memory
        func plane(_ scale: Int) -> cmotion_plane {
            defer { next += counts[scale] }
            return Self.plane(next, sizes[scale])
        }
        raw = plane(0)
        fine = Level(samples: plane(0), gradientX: plane(0), gradientY: plane(0))
        middle = Level(samples: plane(1), gradientX: plane(1), gradientY: plane(1))
        coarse = plane(2)
        detail = plane(2)
    }

    deinit {
        memory.deallocate()
        scratch.deallocate()
        sums.deallocate()
    }

    /// - Parameters:
    ///   - pixels: 8-bit `[height, width, channels]`, from the first pixel of the part that counts.
    ///   - channels: 1 or 3.
    func fill(_ pixels: UnsafePointer<UInt8>, bytesPerRow: Int, channels: Int, _ version: cmotion_version) {
        cmotion_shrink(raw, pixels, bytesPerRow, Int32(channels), Int32(factor), sums, version)
        cmotion_extend(raw)
        // Noise is halved, and bilinear interpolation, which smooths as well, has less to take away between samples.
        cmotion_smooth(fine.samples, raw, scratch)
        cmotion_halve(middle.samples, fine.samples)
        cmotion_halve(coarse, middle.samples)
        cmotion_extend(fine.samples)
        cmotion_extend(middle.samples)
        cmotion_extend(coarse)
        cmotion_gradients(fine.gradientX, fine.gradientY, fine.samples)
        cmotion_gradients(middle.gradientX, middle.gradientY, middle.samples)
        cmotion_detail(detail, coarse, scratch)
    }

    private static func sampleCount(_ size: (width: Int, height: Int)) -> Int {
        // Eight more: loops read whole vectors.
        (size.width + 2 * Int(CMOTION_BORDER)) * (size.height + 2 * Int(CMOTION_BORDER)) + 8
    }

    private static func plane(
        _ memory: UnsafeMutablePointer<Float>, _ size: (width: Int, height: Int)
    ) -> cmotion_plane {
        let border = Int(CMOTION_BORDER)
        let stride = size.width + 2 * border
        return cmotion_plane(
            start: memory + border * stride + border, stride: stride, width: Int32(size.width),
            height: Int32(size.height))
    }
}
