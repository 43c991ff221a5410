import Pipeline

/// What a camera's sensor adds to brightness: normal noise, new in each picture.
struct SensorNoise {
    /// Steps of 255.
    private let noise: [Int]

    /// Drawn once: rows take it from different places on.
    private static let normal: [Double] = {
        var random = SplitMix64(0x5e_50_12)
        // The sum of twelve uniform numbers is all but normal, and has the variance 1.
        return (0..<65536).map { _ in (0..<12).reduce(-6) { sum, _ in sum + random.value(in: 0...1) } }
    }()

    /// - Parameter deviation: in steps of 255.
    init(deviation: Double) { noise = Self.normal.map { Int(($0 * deviation).rounded()) } }

    /// - Parameters:
    ///   - plane: 8-bit samples.
    ///   - seed: another picture's is another one.
    func add(to plane: Plane, seed: UInt64) {
        var random = SplitMix64(seed)
        for y in 0..<plane.height {
            let start = Int(random.next() % UInt64(noise.count))
            let row = plane.row(y).assumingMemoryBound(to: UInt8.self)
            for x in 0..<plane.width {
                row[x] = UInt8(min(max(Int(row[x]) + noise[(start &+ x) & 0xffff], 0), 255))
            }
        }
    }
}
