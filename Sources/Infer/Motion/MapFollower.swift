package import Pipeline
import Tracking

/// Brings maps of earlier pictures to where they belong in later ones: live, where the classifier is slower than the
/// camera. For one thread at a time, which may be another one than the `Explainer`'s.
package final class MapFollower: @unchecked Sendable {  // safe: one thread uses it at a time
    private let preprocess: Preprocess
    private let input: UnsafeMutableRawBufferPointer
    private let trail: MotionTrail
    /// Of the pictures that were noted, in their order.
    private var noted: [(frame: Int, number: Int)] = []
    private var sceneCut = SceneCut()
    /// The first frame of the scene.
    private var firstOfScene = 0
    private var part = 0

    /// - Returns: nil if the picture is too small to be searched.
    /// - Throws: `FFmpegError` if the scaler cannot be made.
    init?(_ format: VideoFormat, input: ModelInput) throws(FFmpegError) {
        preprocess = try Preprocess(format, input: input)
        guard let trail = MotionTrail(input, preprocess.geometry) else { return nil }
        self.trail = trail
        self.input = .allocate(byteCount: input.width * input.height * input.channels, alignment: 64)
        noted.reserveCapacity(MotionTrail.depth)
    }

    deinit { input.deallocate() }

    /// Looks at the next picture.
    ///
    /// - Throws: `FFmpegError` if it cannot be scaled.
    package func note(_ frame: borrowing Frame) throws(FFmpegError) {
        try preprocess.fill(input, from: frame)
        if let last = noted.last, frame.index <= last.frame {
            noted.removeAll(keepingCapacity: true)
            firstOfScene = 0
        }
        if noted.count == MotionTrail.depth { noted.removeFirst() }
        let picture = UnsafeRawBufferPointer(input)
        noted.append((frame.index, trail.note(picture)))
        let isCut = sceneCut.isCut(picture, explained: trail.explainedShare)
        if isCut || frame.part != part { firstOfScene = frame.index }
        part = frame.part
    }

    /// - Parameters:
    ///   - maps: of a picture that was noted, or of one that was left out between two.
    ///   - frame: its index.
    /// - Returns: the maps as they belong in the picture that was noted last; where its motion is not known, as they are;
    ///   none if they are of another scene.
    package func follow(_ maps: [ClassMap], ofFrame frame: Int) -> [ClassMap] {
        if frame < firstOfScene { return [] }
        guard let last = noted.last, frame < last.frame,
            let first = noted.first(where: { $0.frame >= frame }), noted[0].frame <= frame,
            trail.find(from: first.number, to: last.number)
        else { return maps }
        return maps.moved(by: trail.field)
    }
}
