import Foundation
import ONNX

extension EngineChooser {
    /// For a model and what it is run for, on this machine.
    init(
        _ model: borrowing Model, _ input: ModelInput, _ config: InferConfig, _ compiler: ModelCompiler
    ) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let precisions = config.precision == .auto ? compiler.core.precisions : [config.precision.rawValue]
        let sharings: [CoreSharing] =
            switch config.pace {
            // Nothing else runs, and one stream has memory for its tensors once.
            case .picture: [.together]
            case .video: cores > 1 ? [.apart, .together] : [.apart]
            // With two cores, an inference on both would leave none to camera and overlay.
            case .live: cores > 2 ? [.apart, .together] : [.apart]
            }
        let (timed, pace) = (copy model, config.pace)
        self.init(
            precisions: precisions, sharings: sharings,
            store: CacheFolder.find().map { ChoiceStore(file: $0.appending(path: "speed.json")) },
            key: { Self.key(timed, input, precisions, cores: cores, pace) },
            measure: Self.measuring(timed, input.pictureInput, compiler, pace))
    }

    private static func key(
        _ model: borrowing Model, _ input: ModelInput, _ precisions: [String], cores: Int, _ pace: InferConfig.Pace
    ) -> ChoiceKey? {
        guard let checksum = Checksum.identity(of: model) else { return nil }
        return ChoiceKey(
            model: checksum, input: "\(input.width)x\(input.height)", processor: .current, cores: cores,
            engine: Core.version, pace: pace.rawValue, precisions: precisions)
    }

    /// The trial keeps what it compiled from one contest to the next.
    private static func measuring(
        _ model: borrowing Model, _ input: PictureInput, _ compiler: ModelCompiler, _ pace: InferConfig.Pace
    ) -> ([EngineSettings]) -> Contest? {
        let timed = copy model
        var trial: SpeedTrial?
        return { entrants in
            trial = trial ?? SpeedTrial(timed, input: input, compiler: compiler, pace: pace)
            return trial?.contest(entrants)
        }
    }
}

extension Checksum {
    /// Nil where the model cannot be written.
    fileprivate static func identity(of model: borrowing Model) -> String? {
        var checksum = Checksum()
        let isComplete = (try? model.lendIdentity { checksum.update($0) }) != nil
        let digits = checksum.hexDigits()
        return isComplete ? digits : nil
    }
}
