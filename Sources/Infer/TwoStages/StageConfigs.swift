import Detect
import Pipeline

/// The settings of two stages, of which the first one finds things and the second one says what they are.
struct StageConfigs {
    let detector: InferConfig
    let classifier: InferConfig

    /// - Throws: what does not go together with two stages.
    init(_ config: InferConfig, detector path: String) throws(InferError) {
        if config.comparesMethods { throw .isDetector(model: path, asked: "--layout compare") }
        if config.teach != nil { throw .isDetector(model: path, asked: "--teach") }
        var (first, second) = (config, config)
        (first.model, first.card, first.outputTensor, first.detector) = (path, nil, nil, nil)
        // What is said of classes, layers and maps is for the classifier.
        (first.method, first.methodOptions, first.layers, first.versus) = (.auto, MethodOptions(), [], nil)
        first.explainedClass = config.detectorClasses.isEmpty ? nil : config.detectorClasses.joined(separator: ", ")
        // It sees crops, not pictures.
        (second.detector, second.region) = (nil, nil)
        (detector, classifier) = (first, second)
    }

    /// Reads the first stage's model.
    func readDetector(_ shared: SharedModels) throws(InferError) -> ReadModel {
        let read = try shared.read(detector)
        guard read.files.isDetector else { throw .isNoDetector(model: read.files.path) }
        return read
    }

    func openDetector(
        _ read: ReadModel, _ format: VideoFormat, _ shared: SharedModels
    ) throws(InferError) -> DetectorExplainer {
        do throws(InferError) {
            return try DetectorExplainer(read, detector, for: .classified, format: format, shared: shared)
        } catch {
            // Which of the two models has no such class.
            switch error {
            case .noSuchClass, .classesHaveNoNames, .ambiguousClass:
                throw .detectorClass(detector: read.files.path, reason: error.description)
            default: throw error
            }
        }
    }

    /// Reads the second stage's model, unless it is compiled already.
    func readClassifier(_ shared: SharedModels) throws(InferError) -> ReadModel? {
        if shared.isReady(classifier) { return nil }
        let read = try shared.read(classifier)
        if read.files.isDetector {
            throw .twoDetectors(model: read.files.path, detector: detector.model ?? "")
        }
        if read.files.maps != nil { throw .hasOwnMap(model: read.files.path, asked: "--detector") }
        return read
    }
}
