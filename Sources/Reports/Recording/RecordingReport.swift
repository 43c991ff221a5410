import CFFmpeg
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
        package var date: String
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
            input: String, program: String, date: String, model: String, checksum: String, method: String,
            layers: [String], settings: [String: JSONValue]
        ) {
            (self.input, self.program, self.date, self.model) = (input, program, date, model)
            (self.checksum, self.method, self.layers, self.settings) = (checksum, method, layers, settings)
        }
    }

    package var facts: Facts
    private(set) var frames: [SeenFrame] = []
    /// Of classes, in the order in which they were met.
    private(set) var names: [String] = []
    private(set) var labelSwitches: Int?
    let strip: PictureStrip
    private var places: [Int: Int32] = [:]
    /// For frames that do not say how long they are shown.
    private let usualDuration: Double

    /// - Parameters:
    ///   - format: of the recording's pictures.
    ///   - frames: how many there probably are; nil: nobody knows.
    package init(_ format: VideoFormat, frames: Int?, _ overlay: OverlayConfig, _ facts: Facts) throws {
        let rate = format.frameRate.num > 0 ? Double(format.frameRate.num) / Double(format.frameRate.den) : 25
        usualDuration = 1 / rate
        strip = try PictureStrip(format, seconds: frames.map { Double($0) / rate }, overlay)
        self.facts = facts
    }

    /// Takes the next picture.
    package func add(_ explained: borrowing Explained) throws {
        let (top, unit) = (explained.top, explained.frame.timeBase)
        let drawn = explained.drawn
        let duration = Double(explained.frame.duration) * Double(unit.num) / Double(unit.den)
        let (width, height) = (explained.frame.width, explained.frame.height)
        let heatmap = explained.observations.first?.heatmap
        let hot = heatmap?.hotShare(pictureWidth: width, pictureHeight: height) ?? 0
        let seen = SeenFrame(
            time: explained.frame.seconds, duration: duration > 0 ? duration : usualDuration,
            drawn: drawn.map(place) ?? -1, best: top.first.map(place) ?? -1,
            probability: drawn?.printed(explained.printed).probability ?? 0,
            margin: (top.first?.probability ?? 0) - (top.count > 1 ? top[1].probability : 0), hot: Float(hot),
            isRecognised: explained.isRecognised)
        frames.append(seen)
        labelSwitches = explained.labelSwitches
        try strip.add(explained, seen)
    }

    private func place(_ prediction: Prediction) -> Int32 {
        if let place = places[prediction.classID] { return place }
        let place = Int32(names.count)
        places[prediction.classID] = place
        names.append(prediction.label)
        return place
    }

    /// UTF-8.
    package func html() -> Data { RecordingPage(self).shell.data }
}
