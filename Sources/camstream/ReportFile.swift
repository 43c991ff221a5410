import Capture
import Encode
import Foundation
import Infer
import Kept
import Live
import Overlay
import Pipeline
import Reports

/// The page of a recording, and the file that it will be.
final class ReportFile: @unchecked Sendable {  // safe: one stage uses it at a time
    private let report: RecordingReport
    private let file: WholeFile

    /// Creates the file.
    ///
    /// - Parameters:
    ///   - origin: what made the maps.
    ///   - isDated: whether the page says when it was made.
    init(
        _ path: String, _ config: Config, _ source: any FrameSource, _ origin: KeptVideoWriter.Origin, isDated: Bool
    ) throws {
        file = try WholeFile(path, replacing: config.encode.force)
        let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
        let title = Set(origin.methods.map(\.title)).sorted().joined(separator: ", ")
        report = try RecordingReport(
            source.format, frames: source.frameCountEstimate, config.overlay,
            RecordingReport.Facts(
                input: name, program: "camstream \(origin.camstream)", date: isDated ? Date().formatted(.iso8601) : nil,
                model: origin.model.name, checksum: origin.model.sha256, method: title,
                layers: Set(origin.layers.joined()).sorted(),
                settings: origin.settings))
    }

    /// Takes the next picture.
    func write(_ picture: borrowing Explained) throws { try report.add(picture) }

    /// Writes the page, and gives the file its name.
    ///
    /// - Parameter isInterrupted: whether the recording goes on behind what was read.
    func finish(isInterrupted: Bool) throws {
        report.facts.isInterrupted = isInterrupted
        try file.append(Array(report.html()))
        try file.putInPlace()
    }
}
