package import Foundation
package import Overlay
package import Pipeline

/// What was seen in a recording, in so few bytes that ten thousand of them make one table.
package struct RecordingDigest: Codable, Sendable, Equatable {
    /// When a class was drawn as more than a guess.
    package struct Class: Codable, Sendable, Equatable {
        package var name: String
        /// Seconds: in all, when it was drawn first, and until when it was drawn last.
        package var shown: Double
        package var first: Double
        package var last: Double
        /// Stretches without another class between.
        package var times: Int
        /// Probabilities.
        package var mean: Double
        package var highest: Double
    }

    /// Those that were drawn longest first, `mostClasses` at most; how many there were.
    package var classes: [Class]
    package var count: Int
    /// Seconds in which something was recognised.
    package var recognised: Double
    /// Mean share of the picture above half of the strongest heat.
    package var hot: Double
    /// Changes of the drawn class, and stretches in which the most probable one changed again and again.
    package var changes: Int
    package var wavering: Int
    /// A small JPEG file of the picture in which the class was surest, with its heat.
    package var picture: Data?

    static let mostClasses = 12
}

/// Makes a digest of the pictures that it is shown. For one thread.
package final class DigestMaker: @unchecked Sendable {  // safe: one stage uses it at a time
    private let seen: SeenFrames
    private let painter: SmallPainter
    private var surest: (probability: Float, picture: Data)?

    /// In pixels, of the longer side, and of JPEG: about 2 kB.
    private static let largest = 112
    private static let quality = 60

    /// - Parameters:
    ///   - format: of the recording's pictures.
    ///   - overlay: how heat is drawn.
    package init(_ format: VideoFormat, _ overlay: OverlayConfig) throws {
        seen = SeenFrames(format)
        painter = try SmallPainter(format, largest: Self.largest, quality: Self.quality, overlay)
    }

    /// Takes the next picture.
    package func add(_ explained: borrowing Explained) throws {
        let frame = seen.add(explained)
        let probability = frame.isRecognised ? frame.probability : 0
        // A picture that is hardly surer is not worth its making.
        guard surest.map({ probability > $0.probability + 0.1 }) ?? true else { return }
        surest = (probability, try painter.draw(explained))
    }

    package var digest: RecordingDigest {
        let frames = seen.frames
        if let objects = seen.objects { return digest(of: objects) }
        let classes = ClassTimes.all(frames)
        return RecordingDigest(
            classes: classes.prefix(RecordingDigest.mostClasses).map { times in
                RecordingDigest.Class(
                    name: seen.names[times.label], shown: short(times.shown), first: short(times.first),
                    last: short(times.last), times: times.times, mean: short(times.mean),
                    highest: short(Double(times.highest)))
            },
            count: classes.count, recognised: short(frames.reduce(0) { $0 + ($1.isRecognised ? $1.duration : 0) }),
            hot: meanHot,
            changes: zip(frames, frames.dropFirst()).count { $0.drawn != $1.drawn },
            wavering: Wavering.find(frames, most: .max).count, picture: surest?.picture)
    }

    private func short(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }

    private var meanHot: Double {
        let frames = seen.frames
        return short(frames.isEmpty ? 0 : Double(frames.reduce(0) { $0 + $1.hot }) / Double(frames.count))
    }

    /// Things come and go in the same scene: no class stands in the place of another.
    private func digest(of objects: SeenObjects) -> RecordingDigest {
        let classes = objects.classes
        return RecordingDigest(
            classes: classes.prefix(RecordingDigest.mostClasses).map { one in
                RecordingDigest.Class(
                    name: seen.names[Int(one.label)], shown: short(one.shown), first: short(one.first),
                    last: short(one.last), times: one.stretches.count, mean: short(one.mean),
                    highest: short(Double(one.highest)))
            },
            count: classes.count, recognised: short(objects.shown),
            hot: meanHot,
            changes: 0, wavering: 0, picture: surest?.picture)
    }

    /// Seconds from the first picture to the end of the last one.
    package var length: Double {
        guard let first = seen.frames.first, let last = seen.frames.last else { return 0 }
        return last.time + last.duration - first.time
    }
}
