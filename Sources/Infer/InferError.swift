package import Detect
package import Engine
package import ONNX
package import Pipeline

/// Why a picture cannot be explained; says what to do next.
package enum InferError: Error, CustomStringConvertible {
    case noModel
    case bestOfNothing
    case model(ONNXError)
    case engine(EngineError)
    case card(ConfigError)
    case modelOfCardMissing(card: String, model: String)
    case labelsUnreadable(path: String, reason: String)
    /// `path`: the file that has the name; `source`: what in it does.
    case labelTooLong(path: String, source: String, reason: String)
    /// `card`: the file that names them; `source`: what in it does.
    case labelsElsewhere(path: String, card: String, source: String)
    case labelCountDiffers(labels: Int, source: String, classes: Int, model: String)
    case inputSizeUnknown(model: String)
    case inputSizeDiffers(model: String, card: [Int], own: String)
    case channelsDiffer(model: String, card: String, own: Int)
    case unexpectedShape(model: String, tensor: String, shape: [Int], expected: String)
    case noFeatureMap(model: String)
    /// The card letterboxes pictures of a model whose output is the map.
    case bordersInMap(model: String)
    /// The model finds boxes; `asked`: for what it has none, in the words of the command line.
    case isDetector(model: String, asked: String)
    /// Of its boxes no maps can be made.
    case hasNoBoxMaps(model: String)
    /// It is to find boxes for a classifier, and does not.
    case isNoDetector(model: String)
    /// Neither of two stages is a classifier.
    case twoDetectors(model: String, detector: String)
    case detector(model: String, DetectError)
    case boxesNotFinite(model: String)
    case scoresAreNone(model: String, score: Float, decoder: BoxDecoder)
    /// `picture`: its size.
    case regionOutside(String, picture: String)
    /// `what`: what the model gives out.
    case hasNoLayers(model: String, what: String)
    /// The model's output is the map; `asked`: for what, in the words of the command line.
    case hasOwnMap(model: String, asked: String)
    /// `size`: of the input, `grids`: that there are, both as height and width.
    case noMiddleLayers(model: String, size: [Int], grids: [String])
    /// `head`, `others`: tensors of class scores.
    case scoresDiffer(model: String, head: String, others: String)
    case poolingLeavesRest(model: String, kernel: [Int], map: [Int])
    /// `nearest`: what it may have been meant to be.
    case noSuchClass(String, classes: Int, nearest: String? = nil)
    /// A name is given, and the model came without any.
    case classesHaveNoNames(String, classes: Int)
    case ambiguousClass(String, matches: [String])
    /// What is named is to be one of a detector's classes.
    case detectorClass(detector: String, reason: String)
    case classVersusItself(String)
    case headDoesNotAddUp(model: String, classID: Int, meanPlusBias: Float, logit: Float, tolerance: Float)
    case scoresNotFinite(model: String, frame: Int)
    case picture(FFmpegError)
    /// The maps were given up, as was asked for.
    case cancelled
    case tooSlowForLive(method: String)
    case noBoxMethod(method: String)
    case tooManyLayers(method: String, named: Int, most: Int)
    /// `method`: that explains it.
    case cannotBeTaught(model: String, method: String)
    case taughtHeadDiffers(model: String, reason: String)

    /// Whether it is the system that does not give enough, rather than a file that is wrong.
    package var isLack: Bool {
        if case .engine(let error) = self { error.isLack } else { false }
    }

    init(_ error: EngineError) {
        if case .model(let cause) = error { self = .model(cause) } else { self = .engine(error) }
    }

    static func engine(path: String, _ error: OpenVINOError) -> InferError {
        .engine(.refused(path: path, error))
    }

    /// Whether the settings are wrong, rather than the files that they name.
    package var isUsage: Bool {
        switch self {
        case .engine(.device(.unknown)): true
        case .noModel, .bestOfNothing, .noSuchClass, .classesHaveNoNames, .ambiguousClass, .detectorClass,
            .classVersusItself, .tooSlowForLive, .tooManyLayers, .cannotBeTaught, .hasOwnMap, .isDetector,
            .isNoDetector, .twoDetectors,
            .noBoxMethod, .hasNoBoxMaps, .regionOutside:
            true
        case .model(let error):
            switch error.problem {
            case .layerNotFound, .layerIsNotPooled, .layerIsNoMap, .noSuchLayer, .ambiguousLayer, .noSuchLayerIndex,
                .ambiguousOutputs, .noSuchOutput:
                true
            default: false
            }
        default: false
        }
    }

    /// Whether it is a picture's own trouble: the next one may be all right.
    package var isOfOnePicture: Bool {
        switch self {
        case .scoresNotFinite, .boxesNotFinite: true
        default: false
        }
    }

    /// Whether a device is not there now, and may be later.
    package var isUnavailable: Bool {
        if case .engine(.device(.absent)) = self { true } else { false }
    }

    package var description: String {
        switch self {
        case .bestOfNothing:
            "--method best is the best one of a report of 'camstream evaluate': name the report with --evaluated"
        case .noModel:
            "no model is named: give an ONNX image classifier with --model FILE"
        case .model(let error):
            switch error.problem {
            case .noGAPHead, .layerIsNotPooled: "\(error); another --method, such as gradcam, does without"
            default: error.description
            }
        case .engine(let error):
            error.description
        case .card(let error):
            "model card \(error)"
        case .modelOfCardMissing(let card, let model):
            "\(card): its model \(model) is not there; name the file with --model and this card with --card"
        case .labelsUnreadable(let path, let reason):
            "cannot read the labels \(path): \(reason); a text file with a class name a line, or JSON, is needed"
        case .labelTooLong(let path, let source, let reason):
            "\(path)\(source == path ? "" : ": \(source)"): \(reason); shorten it, or name the classes in a card with --card"
        case .labelsElsewhere(let path, let card, let source):
            "\(card)\(source == card ? "" : ": \(source)") names labels that are no file in its own folder, which is refused "
                + "(\(path)); put them beside it, or name a card that you trust with --card"
        case .labelCountDiffers(let labels, let source, let classes, let model):
            "\(model): \(source) has \(labels) labels, the model \(classes) classes; the labels belong to another model"
        case .inputSizeUnknown(let model):
            "\(model): the model leaves its input size open; name it in a model card (input: {size: [height, width]})"
        case .inputSizeDiffers(let model, let card, let own):
            "\(model): the card says input size \(card[0])x\(card[1]), the model says \(own) (height x width)"
        case .channelsDiffer(let model, let card, let own):
            "\(model): the card says input color \(card), but the model takes \(own) channel(s)"
        case .unexpectedShape(let model, let tensor, let shape, let expected):
            "\(model): tensor \(tensor) has shape \(shape); \(expected) is needed"
        case .noFeatureMap(let model):
            "\(model): no tensor with more than one row and column leads to the class scores, so nothing can be mapped"
        case .bordersInMap(let model):
            "\(model): the model's output is a map, in which the borders of a letterboxed picture would count: let the card say "
                + "resize: squash or crop"
        case .isDetector(let model, let asked):
            "\(model): the model is a detector, which finds boxes of objects, and \(asked) is for classifiers"
        case .hasNoBoxMaps(let model):
            "\(model): its boxes have no maps, as its graph chooses them by loops: leave out --maps"
        case .isNoDetector(let model):
            "\(model): the model finds no boxes, and --detector takes one that does, such as YOLOX: give this one with --model"
        case .twoDetectors(let model, let detector):
            "\(model): the model is a detector, as \(detector) is: name a classifier of what is in the boxes with --model, or leave "
                + "out --detector"
        case .detector(let model, let error):
            "\(model): \(error)"
        case .hasNoLayers(let model, let what):
            "\(model): the model gives out \(what), so there are no methods and layers to choose or to compare"
        case .regionOutside(let region, let picture):
            "the region \(region) does not lie in pictures \(picture), or is smaller than 8 pixels: name another --region"
        case .scoresAreNone(let model, let score, let decoder):
            "\(model): a box has the score \(score), and scores are 0 to 1: by the decoder \(decoder.rawValue) something else is read as "
                + "scores; name the decoder and all labels in a model card"
        case .boxesNotFinite(let model):
            "\(model): the detector gives out what are no numbers: its weights or the card's mean and std are wrong, or 16 bits "
                + "are too few (--precision f32)"
        case .hasOwnMap(let model, let asked):
            "\(model): the model's output is a map, which is shown as it is: leave out \(asked)"
        case .noMiddleLayers(let model, let size, let grids):
            "\(model): no layers lie at an eighth and a sixteenth of its input (\(size[0])x\(size[1])), but at "
                + (grids.isEmpty ? "nothing" : grids.joined(separator: ", "))
                + "; name some with --layers, or another --model"
        case .scoresDiffer(let model, let head, let others):
            "\(model): CAM explains the scores \(head), other methods \(others): name one with --output-tensor, or compare "
                + "without CAM"
        case .poolingLeavesRest(let model, let kernel, let map):
            "\(model): its last pooling covers \(kernel) of a \(map) map; class activation maps need a pooling over all of it"
        case .noSuchClass(let wanted, let classes, let nearest):
            "no class is called '\(wanted)'\(nearest.map { "; did you mean '\($0)'? Else" } ?? ":") give a number from 0 to \(classes - 1), or a part of a class's name"
        case .classesHaveNoNames(let wanted, let classes):
            "the model has no class names to look for '\(wanted)' in: give a number from 0 to \(classes - 1), or name the classes in a "
                + "model card (labels: FILE, a text file with a name a line) and give it with --card"
        case .ambiguousClass(let wanted, let matches):
            "'\(wanted)' fits \(matches.count) classes (\(matches.prefix(5).joined(separator: ", "))"
                + "\(matches.count > 5 ? ", ..." : "")): give more of the name, or the number"
        case .detectorClass(let detector, let reason):
            "\(detector), --detector-class: \(reason)"
        case .classVersusItself(let label):
            "'\(label)' cannot be compared with itself: name another class with --versus"
        case .headDoesNotAddUp(let model, let classID, let meanPlusBias, let logit, let tolerance):
            "\(model): the maps do not explain the scores (class \(classID): mean of its map plus bias is \(meanPlusBias), "
                + "its logit \(logit), tolerance \(tolerance)); name another tensor with --layer"
        case .scoresNotFinite(let model, let frame):
            "\(model): the scores of frame \(frame) are not finite numbers: its weights or the card's mean and std are wrong, "
                + "or 16 bits are too few (--precision f32)"
        case .picture(let error):
            "cannot scale a frame for the model: \(error)"
        case .cancelled:
            "the maps were given up"
        case .tooSlowForLive(let method):
            "\(method) runs the model thousands of times for one map, so it is for images and recordings; name another "
                + "--method for a live input"
        case .cannotBeTaught(let model, let method):
            "\(model): classes are taught on a head that pools the last feature map, as CAM reads it, and this model is "
                + "explained by \(method): leave out --teach, or name another --model"
        case .taughtHeadDiffers(let model, let reason):
            "\(model): what was taught does not fit the model: \(reason)"
        case .noBoxMethod(let method):
            "\(method) cannot map a detector's boxes, as it needs more than activations and gradients: name another --method, "
                + "such as layercam"
        case .tooManyLayers(let method, _, most: 0):
            "\(method) maps the picture itself and looks at no layer: leave out --layer, or name another --method"
        case .tooManyLayers(let method, let named, _):
            "\(method) maps one layer, the one that the scores are pooled from, and --layer names \(named): name one, or "
                + "another --method, such as gradcam"
        }
    }
}
