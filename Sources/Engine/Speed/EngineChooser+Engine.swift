import Foundation
package import ONNX
import Pipeline

extension EngineChooser {
    /// For a model and what it is run for, on a device of this machine.
    ///
    /// - Parameter compiler: of the model.
    package init(
        _ model: borrowing Model, _ input: PictureInput, on device: Device, in precision: Precision, at pace: Pace,
        _ compiler: ModelCompiler
    ) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let core = compiler.core
        let precisions = precision == .auto ? core.precisions(on: device) : [precision.rawValue]
        let timed = copy model
        self.init(
            device: device, precisions: precisions, hints: pace.hints(on: device, cores: cores),
            store: CacheFolder.find().map { ChoiceStore(file: $0.appending(path: "speed.json")) },
            key: {
                guard let checksum = Checksum.identity(of: timed) else { return nil }
                return ChoiceKey(
                    model: checksum, input: "\(input.width)x\(input.height)", device: core.description(of: device),
                    processor: .current, cores: cores, engine: Core.version, pace: pace.rawValue,
                    precisions: precisions)
            },
            measure: Self.measuring(timed, input, compiler, pace))
    }

    /// The trial keeps what it compiled from one contest to the next.
    private static func measuring(
        _ model: borrowing Model, _ input: PictureInput, _ compiler: ModelCompiler, _ pace: Pace
    ) -> ([EngineOptions]) -> Contest? {
        let timed = copy model
        var trial: SpeedTrial?
        return { entrants in
            trial = trial ?? SpeedTrial(timed, input: input, compiler: compiler, pace: pace)
            return trial?.contest(entrants)
        }
    }
}

extension Pace {
    /// What is measured; one: nothing is.
    func hints(on device: Device, cores: Int) -> [PerformanceHint] {
        // Nothing else runs, and one stream has memory for its tensors once.
        if self == .picture { return [.latency] }
        // What it computes takes no cores from the others.
        guard device.mayBeProcessor else { return self == .video ? [.throughput] : [.latency] }
        // With two cores, a live inference on both would leave none to camera and overlay.
        return cores > (self == .live ? 2 : 1) ? [.throughput, .latency] : [.throughput]
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
