import Engine
import Foundation
import Pipeline

/// A classifier that sessions can begin with: read and compiled, and what is known of it. It is the same for all pictures.
final class ReadyClassifier: Sendable {
    let compiled: CompiledClassifier
    /// The classes' names, "class 0" and so on where none are known.
    let names: ClassNames
    /// Numbers of those that stand for nothing of the others.
    let negatives: Set<Int>
    /// What the model's card calls it, else its file's name.
    let name: String
    /// What was found and chosen, a line each, for the log.
    let notes: [String]
    /// Of the model's file.
    let byteCount: Int

    /// - Parameter shared: what others have read and compiled.
    convenience init(_ config: InferConfig, shared: SharedModels?) throws(InferError) {
        let read: ReadModel
        if let shared { read = try shared.read(config) } else { read = try ReadModel(config) }
        try self.init(read, config, shared: shared)
    }

    init(_ read: ReadModel, _ config: InferConfig, shared: SharedModels?) throws(InferError) {
        let files = read.files
        compiled = try CompiledClassifier(read, config, shared: shared)
        let classes = compiled.classes
        if let labels = files.labels, labels.count != classes { throw files.labelCountDiffers(classes) }
        names = files.labels.map { ClassNames($0) } ?? ClassNames(unnamed: classes)
        negatives = files.negatives
        name = files.card.name ?? URL(filePath: files.path).lastPathComponent
        notes = Explainer.notes(files, compiled)
        byteCount = read.byteCount
    }
}

/// What tells ready classifiers from each other: the settings that decide what is read and compiled, and the files as they
/// are: the model, its card, its labels.
struct ReadyKey: Hashable {
    private let parts: [String]

    init(_ config: InferConfig) {
        let options = config.methodOptions
        let files = config.model.map { config.files(ofModel: $0).map(\.path) } ?? []
        parts =
            files.map { "\($0) \(ReadModel.stamp($0))" } + [
                config.model ?? "", config.card ?? "", config.outputTensor ?? "", config.device.name,
                config.precision.rawValue, "\(config.pace)", options.channels.text, "\(options.samples ?? 0)",
                "\(options.seed)",
            ] + config.methodsInUse.map(\.rawValue) + ["of"] + config.layers
    }
}
