/// How long a recording probably keeps one processor core busy. It need be no more right than the sharing out of work needs;
/// `camstream batch status` corrects it by what was measured.
package struct CostEstimate: Sendable {
    /// What is known of a recording without decoding it.
    package struct Facts: Sendable, Equatable {
        /// Seconds.
        package var duration: Double?
        package var frameRate: Double?
        package var pixels: Int?

        package init(duration: Double? = nil, frameRate: Double? = nil, pixels: Int? = nil) {
            (self.duration, self.frameRate, self.pixels) = (duration, frameRate, pixels)
        }
    }

    /// Seconds for opening and closing; for the classifier and its map, a frame; for decoding and, where pictures are drawn,
    /// drawing and encoding, a frame of a million pixels (measured with EfficientNet-Lite0 on two cores of a server of 2025).
    private static let job = 0.05
    private static let inference = 0.004
    private static let decoding = 0.004
    private static let encoding = 0.012
    /// Bytes a second of a recording that says nothing of its length.
    private static let usualRate = 500_000.0

    private let drawsPictures: Bool

    package init(drawsPictures: Bool) { self.drawsPictures = drawsPictures }

    /// Seconds of one core.
    ///
    /// - Parameter size: of the file, in bytes.
    package func cost(_ facts: Facts, size: Int?) -> Double {
        let duration = facts.duration ?? Double(size ?? 0) / Self.usualRate
        let frames = duration * min(max(facts.frameRate ?? 25, 1), 240)
        let megapixels = Double(facts.pixels ?? 1280 * 720) / 1e6
        let perFrame = Self.inference + megapixels * (Self.decoding + (drawsPictures ? Self.encoding : 0))
        return Self.job + max(frames, 1) * perFrame
    }
}
