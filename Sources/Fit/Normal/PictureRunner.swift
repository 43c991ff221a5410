import CFFmpeg
import Capture
import Engine
import Infer
import Pipeline

/// Runs a graph on pictures, one after the other. Several run side by side, each on a thread.
final class PictureRunner {
    private let input: ModelInput
    private let sampler: FrameSampler
    private let path: String
    private let request: InferRequest
    // The tensors keep the memory that the pointers point to.
    private let inputTensor: TensorMemory
    private let outputTensor: TensorMemory
    private let picture: UnsafeMutableRawBufferPointer
    private let output: UnsafeBufferPointer<Float>
    /// How the pictures of the current file are scaled.
    private var preprocess: Preprocess?

    /// - Parameters:
    ///   - output: the tensor that is read.
    ///   - model: its path, for errors.
    init(
        _ compiled: CompiledModel, _ input: ModelInput, output name: String, model path: String, _ sampler: FrameSampler
    ) throws {
        (self.input, self.sampler, self.path) = (input, sampler, path)
        request = try InferRequest(compiled)
        inputTensor = try request.inputTensor()
        outputTensor = try request.outputTensor(name)
        picture = try inputTensor.bytes()
        output = try outputTensor.floats()
    }

    /// A picture as it is looked at.
    struct Seen {
        let format: VideoFormat
        /// When it comes in its clip, in seconds; nil of a photograph.
        let seconds: Double?
        /// The part of the picture that the graph saw.
        let region: Region
        /// What the graph said; until the next picture.
        let output: UnsafeBufferPointer<Float>
    }

    /// - Returns: why the file gave nothing; nil: all is well.
    /// - Throws: `InferError`, `FitError.featuresNotFinite`, and what `take` throws; a file that cannot be read is no error.
    func callAsFunction(
        _ entry: DataList.Entry, _ take: (borrowing Frame, Seen) throws -> Void
    ) throws -> String? {
        preprocess = nil
        return try sampler.refusal(of: entry) { frame, format, seconds in
            let region = try fill(picture, from: frame, format)
            do throws(OpenVINOError) {
                try request.start()
                try request.wait()
            } catch {
                throw InferError.engine(.refused(path: path, error))
            }
            guard output.allSatisfy(\.isFinite) else {
                throw FitError.featuresNotFinite(model: path, picture: entry.name)
            }
            try take(frame, Seen(format: format, seconds: seconds, region: region, output: output))
        }
    }

    /// A picture as the graph gets it: 8-bit `[height, width, 3]`; nil if it cannot be read.
    func pixels(of entry: DataList.Entry) throws -> [UInt8]? {
        preprocess = nil
        var pixels = [UInt8](repeating: 0, count: picture.count)
        let refusal = try sampler.refusal(of: entry) { frame, format, _ in
            _ = try pixels.withUnsafeMutableBytes { try fill($0, from: frame, format) }
        }
        return refusal == nil ? pixels : nil
    }

    /// - Returns: the part of the picture that is seen.
    private func fill(
        _ target: UnsafeMutableRawBufferPointer, from frame: borrowing Frame, _ format: VideoFormat
    ) throws -> Region {
        let preprocess = try preprocess ?? Preprocess(format, input: input)
        self.preprocess = preprocess
        try preprocess.fill(target, from: frame)
        return preprocess.region
    }
}
