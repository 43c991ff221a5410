import CFFmpeg
import Capture
import Engine
package import Foundation
package import Infer
import Overlay
import Pipeline
import Reports
import Serve
import Tracking

/// Small pictures of examples with what speaks for a class over them, as the new classifier sees it: exact class activation
/// maps, drawn as in a run.
package final class HeatPanels {
    private let config: InferConfig
    private let shared = SharedModels(keepingReady: 1)
    private let jpeg = JPEGEncoder(quality: 85)
    private let taught: (pictures: TaughtExamples, canvas: TaughtCanvas)?

    /// In pixels, of the longer side.
    private static let largest = 320

    /// - Parameters:
    ///   - model: the new classifier's file.
    ///   - taught: the pictures of entries that are no files, and the input that they were kept for.
    /// - Throws: `FFmpegError` if memory is short.
    package init(model: String, taught: (pictures: TaughtExamples, input: ModelInput)? = nil) throws {
        self.taught = try taught.map { ($0.pictures, try TaughtCanvas($0.input)) }
        var config = InferConfig()
        // Exact, or an error.
        (config.model, config.method, config.precision) = (model, MethodName(rawValue: "cam")!, .f32)
        (config.smoothing, config.scale, config.motion) = (0, .frame, .off)
        self.config = config
    }

    /// A JPEG file of an example with a class's heat over it.
    ///
    /// - Returns: nil if it cannot be read any more.
    /// - Throws: `InferError`, also where maps do not add up to scores; `FitError.cannotDraw`.
    package func panel(of example: Example, _ entry: DataList.Entry, classID: Int) throws -> Data? {
        if let number = entry.taught?.number, let taught {
            let frame = try taught.canvas.frame(try taught.pictures.pixels(number), number: number)
            return try draw(frame, taught.canvas.format, nil, classID)
        }
        // Of a clip the one picture, not others near it.
        let span = example.seconds.map { DataList.Span(from: $0, to: $0 + FrameSampler.interval) }
        let one = DataList.Entry(path: entry.path, name: entry.name, label: entry.label, span: span, box: entry.box)
        var panel: Data?
        do {
            try FrameSampler(most: 1, interrupt: Interrupt())(one) { frame, format, _ in
                panel = try draw(frame, format, entry.box, classID)
            }
        } catch is CaptureError {
            return nil
        } catch let error where error is OverlayError || error is FFmpegError || error is ServeError {
            throw FitError.cannotDraw(reason: "\(error)")
        }
        return panel
    }

    private func draw(
        _ picture: borrowing Frame, _ format: VideoFormat, _ box: PixelBox?, _ classID: Int
    ) throws -> Data? {
        var frame = try picture.reference()
        var format = format
        if let box, let layout = PixelLayout(format.pixelFormat) {
            let area = PixelBox(
                x0: max(0, box.x0), y0: max(0, box.y0), x1: min(format.width, box.x1), y1: min(format.height, box.y1))
            frame = try frame.part(area, layout)
            (format.width, format.height) = (frame.width, frame.height)
        }
        let small = try Miniature(format, largest: Self.largest)
        let painter = try Painter(Self.overlay, input: small.format)
        let explainer = try Explainer(config, format: format, mapCount: 1, shared: shared)
        explainer.settings.explainedClass = classID
        try explainer.submit(try frame.reference())
        guard let explained = try explainer.next(), var observation = explained.observations.first else { return nil }
        observation.heatmap = observation.heatmap.scaled(
            x: Double(small.format.width) / Double(format.width),
            y: Double(small.format.height) / Double(format.height))
        let painted = try painter.paint(
            Explained(frame: try small.shrink(frame), top: [], observations: [observation]))
        return try jpeg.encode(painted) { Data($0) }
    }

    private static let overlay: OverlayConfig = {
        var config = OverlayConfig()
        (config.labels, config.colourBar) = (.none, false)
        return config
    }()
}
