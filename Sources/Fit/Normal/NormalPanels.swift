import CFFmpeg
import Capture
import Foundation
import Infer
import ONNX
import Overlay
import Pipeline
import Reports
import Serve

/// Small pictures with what a model of good parts finds in them, drawn as in a run.
struct NormalPanels {
    private let run: MapRun
    private let scale: MapScale
    private let runner: PictureRunner
    private let jpeg = JPEGEncoder(quality: 85)

    /// In pixels, of the longer side.
    private static let largest = 320

    init(_ run: MapRun, _ scale: MapScale) throws {
        (self.run, self.scale) = (run, scale)
        runner = try run.runner(FrameSampler(most: 1, interrupt: Interrupt()))
    }

    /// A JPEG file of a picture with its heat.
    ///
    /// - Parameters:
    ///   - seconds: when it comes in its clip; nil of a photograph.
    ///   - distances: what another model has found; nil: what this one finds.
    /// - Returns: nil if it cannot be read any more.
    /// - Throws: `InferError`; `FitError.cannotDraw`.
    func panel(of entry: DataList.Entry, at seconds: Double?, _ distances: [Float]? = nil) throws -> Data? {
        // Of a clip the one picture, not others near it.
        let span = seconds.map { DataList.Span(from: $0, to: $0 + FrameSampler.interval) }
        let one = DataList.Entry(path: entry.path, name: entry.name, label: entry.label, span: span)
        var panel: Data?
        do {
            let refusal = try runner(one) { frame, seen in
                panel = try draw(frame, seen, distances ?? Array(seen.output))
            }
            return refusal == nil ? panel : nil
        } catch let error where error is OverlayError || error is ServeError {
            throw FitError.cannotDraw(reason: "\(error)")
        }
    }

    private func draw(_ picture: borrowing Frame, _ seen: PictureRunner.Seen, _ distances: [Float]) throws -> Data {
        let size = run.backbone.mapSize
        let heat = Heatmap(
            height: size.height, width: size.width, values: distances.map { scale($0) }, region: seen.region)
        let small = try Miniature(seen.format, largest: Self.largest)
        let painter = try Painter(Self.overlay, input: small.format)
        let fitted = heat.scaled(
            x: Double(small.format.width) / Double(seen.format.width),
            y: Double(small.format.height) / Double(seen.format.height))
        let prediction = Prediction(classID: 0, label: "", probability: fitted.values.max() ?? 0)
        let painted = try painter.paint(
            Explained(
                frame: try small.shrink(picture), top: [],
                observations: [Observation(prediction: prediction, heatmap: fitted)]))
        return try jpeg.encode(painted) { Data($0) }
    }

    private static let overlay: OverlayConfig = {
        var config = OverlayConfig()
        (config.labels, config.colourBar) = (.none, false)
        return config
    }()
}
