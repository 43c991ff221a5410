package import Foundation
package import Overlay
package import Pipeline

/// Collects what was seen in a recording, and makes one page of it. For one thread.
package final class RecordingReport: @unchecked Sendable {  // safe: one stage uses it at a time
    /// What the page tells beside what was seen.
    package struct Facts: Sendable {
        /// Without folders and passwords.
        package var input: String
        package var program: String
        /// When the page is made; nil: it does not say.
        package var date: String?
        package var model: String
        /// SHA-256 of its file.
        package var checksum: String
        package var method: String
        package var layers: [String]
        /// By whole name, such as "overlay.colormap".
        package var settings: [String: JSONValue]
        /// Whether the recording goes on behind what was read.
        package var isInterrupted = false

        package init(
            input: String, program: String, date: String?, model: String, checksum: String, method: String,
            layers: [String], settings: [String: JSONValue]
        ) {
            (self.input, self.program, self.date, self.model) = (input, program, date, model)
            (self.checksum, self.method, self.layers, self.settings) = (checksum, method, layers, settings)
        }
    }

    package var facts: Facts
    let strip: PictureStrip
    private let seen: SeenFrames
    var frames: [SeenFrame] { seen.frames }
    /// What a detector found; nil: the model looks for no things.
    var objects: SeenObjects? { seen.objects }
    /// Of classes, in the order in which they were met.
    var names: [String] { seen.names }

    /// - Parameters:
    ///   - format: of the recording's pictures.
    ///   - frames: how many there probably are; nil: nobody knows.
    package init(_ format: VideoFormat, frames: Int?, _ overlay: OverlayConfig, _ facts: Facts) throws {
        let seen = SeenFrames(format)
        strip = try PictureStrip(format, seconds: frames.map { Double($0) * seen.usualDuration }, overlay)
        self.seen = seen
        self.facts = facts
    }

    /// Takes the next picture.
    package func add(_ explained: borrowing Explained) throws {
        let frame = seen.add(explained)
        try strip.add(explained, frame, seen.objects?.groups)
    }

    /// UTF-8.
    package func html() -> Data { RecordingPage(self).shell.data }
}
