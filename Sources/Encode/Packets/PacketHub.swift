package import Pipeline
import Synchronization

/// Reads the live picture of a `PacketHub`.
package protocol StreamReader: PacketReader {
    /// Whether it wants the next picture, as far as it knows. Any thread may ask; must not wait.
    var isReading: Bool { get }
}

/// What is shown of a camera, as packets of H.264 that any player takes, for any number of readers: streams,
/// segments, the seconds before an event. It is encoded once for all of them, and only while one of them reads.
///
/// A recording has an encoder of its own: its codec and quality are what its user asks for, each of its pictures is
/// accounted for, and it begins anew with other settings, which streams must not feel.
package final class PacketHub: Sendable {
    private let encoder: LiveEncoder
    private let readers = Mutex<[any StreamReader]>([])

    /// - Throws: `EncodeError` if the linked FFmpeg has no encoder for H.264.
    package init() throws(EncodeError) {
        var config = EncodeConfig()
        config.isForAnyPlayer = true
        encoder = try LiveEncoder(config)
    }

    /// The reader's first packet is a key picture. A reader that takes its time belongs behind a `QueuedReader`.
    package func add(_ reader: any StreamReader) {
        encoder.add(reader)
        readers.withLock { $0.append(reader) }
    }

    /// Gives a reader all that it wished for, and then no more. Waits for a picture that is being encoded.
    package func remove(_ reader: any StreamReader) {
        readers.withLock { $0.removeAll { $0 === reader } }
        encoder.remove(reader)
    }

    /// Whether the next picture is worth drawing.
    package var isRead: Bool { readers.withLock { $0 }.contains { $0.isReading } }

    /// Takes the next picture; pictures must come from one thread.
    package func encode(_ frame: consuming Frame, _ format: VideoFormat, isSlate: Bool = false) {
        encoder.encode(frame, format, isSlate: isSlate)
    }

    /// No pictures come until further notice: gives the readers all that is in the encoder.
    package func finish() { encoder.finish() }

    /// How many pictures were encoded.
    package var picturesEncoded: Int { encoder.picturesEncoded }
}
