import CFFmpeg
import Capture
import Engine
import Foundation
import Infer
import Pipeline

/// Computes features of a file's examples, one picture after the other. Several run side by side, each on a thread.
final class FeatureWorker {
    private let backbone: Backbone
    private let options: ExtractionOptions
    private let sampler: FrameSampler
    private let request: InferRequest
    // The tensors keep the memory that the pointers point to.
    private let inputTensor: TensorMemory
    private let featuresTensor: TensorMemory
    private let input: UnsafeMutableRawBufferPointer
    private let features: UnsafeBufferPointer<Float>
    /// How whole pictures of the current file are scaled.
    private var whole: Preprocess?
    /// nil: all are files.
    private let taught: (pictures: TaughtExamples, canvas: TaughtCanvas)?

    init(
        _ backbone: Backbone, _ compiled: CompiledModel, _ options: ExtractionOptions, _ taught: TaughtExamples?,
        _ interrupt: Interrupt
    ) throws {
        (self.backbone, self.options) = (backbone, options)
        self.taught = try taught.map { ($0, try TaughtCanvas(backbone.input)) }
        sampler = FrameSampler(most: options.mostFrames, interrupt: interrupt)
        request = try InferRequest(compiled)
        inputTensor = try request.inputTensor()
        featuresTensor = try request.outputTensor(backbone.features)
        input = try inputTensor.bytes()
        features = try featuresTensor.floats()
        precondition(features.count == backbone.channels)
    }

    /// What a file gave.
    struct Found: Sendable {
        /// Of each example of a clip when it comes, in seconds; nil of a photograph.
        var times: [Double?] = []
        /// Float `[examples, views, channels]`.
        var rows: [Float] = []
        /// Why there is nothing.
        var refusal: String?
    }

    /// - Throws: `FitError` and `InferError`; a file that cannot be read is no error.
    func callAsFunction(_ entry: DataList.Entry) throws -> Found {
        var found = Found()
        if let number = entry.taught?.number, let taught {
            let frame = try taught.canvas.frame(try taught.pictures.pixels(number), number: number)
            try look(at: frame, taught.canvas.format, entry, area: taught.canvas.area, nil, &found)
            return found
        }
        whole = nil
        found.refusal = try sampler.refusal(of: entry) { frame, format, seconds in
            let area = PixelBox(x0: 0, y0: 0, x1: format.width, y1: format.height)
            try look(at: frame, format, entry, area: area, seconds, &found)
        }
        if found.refusal != nil { (found.times, found.rows) = ([], []) }
        return found
    }

    private func look(
        at frame: borrowing Frame, _ format: VideoFormat, _ entry: DataList.Entry, area: PixelBox, _ seconds: Double?,
        _ found: inout Found
    ) throws {
        guard let layout = PixelLayout(format.pixelFormat) else { throw FrameSampler.Refusal.damaged }
        var area = area
        if let box = entry.box {
            area = PixelBox(
                x0: max(0, box.x0), y0: max(0, box.y0), x1: min(area.x1, box.x1), y1: min(area.y1, box.y1))
            guard area.x0 < area.x1, area.y0 < area.y1 else { throw FrameSampler.Refusal.emptyBox }
        }
        let seed = StableHash.of("\(entry.name) \(seconds ?? 0)")
        for view in View.some(options.views, mirrors: options.mirrors, seed: seed) {
            if view.isWhole, entry.box == nil {
                let preprocess = try whole ?? Preprocess(format, input: backbone.input)
                whole = preprocess
                try preprocess.fill(input, from: frame)
            } else {
                let part = try frame.part(view.box(in: area), layout)
                var small = format
                (small.width, small.height) = (part.width, part.height)
                try Preprocess(small, input: backbone.input).fill(input, from: part)
            }
            view.change(input, width: backbone.input.width, channels: backbone.input.channels)
            do throws(OpenVINOError) {
                try request.start()
                try request.wait()
            } catch {
                throw InferError.engine(.refused(path: backbone.path, error))
            }
            guard features.allSatisfy(\.isFinite) else {
                throw FitError.featuresNotFinite(model: backbone.path, picture: entry.name)
            }
            found.rows.append(contentsOf: features)
        }
        found.times.append(seconds)
    }
}
