/// Why a detector's outputs cannot be read; says what to do next.
package enum DetectError: Error, Equatable, CustomStringConvertible {
    case noDecoderFits(outputs: [DetectorTensor])
    case severalFit([BoxDecoder], outputs: [DetectorTensor])
    /// `decoder`: as it was named.
    case doesNotFit(BoxDecoder, outputs: [DetectorTensor])
    /// `scores`: how many the tensor has of a box.
    case classesDiffer(BoxDecoder, tensor: DetectorTensor, scores: Int, labels: Int)
    case classesUnknown(BoxDecoder, tensor: DetectorTensor, scores: Int)
    case formatUnused(BoxFormat, BoxDecoder)

    package var description: String {
        switch self {
        case .noDecoderFits(let outputs):
            "no decoder fits the outputs \(Self.list(outputs)); there are "
                + BoxDecoder.allCases.map { "\($0.rawValue): \($0.expected)" }.joined(separator: "; ")
                + ". Name one in the model card (decoder:)"
        case .severalFit(let decoders, let outputs):
            "the outputs \(Self.list(outputs)) fit several decoders: "
                + decoders.map { "\($0.rawValue) (\($0.expected))" }.joined(separator: ", ")
                + ". Name one in the model card (decoder:)"
        case .doesNotFit(let decoder, let outputs):
            "the decoder \(decoder.rawValue) wants \(decoder.expected), and the outputs are \(Self.list(outputs)); there are "
                + BoxDecoder.allCases.map(\.rawValue).joined(separator: ", ")
        case .classesDiffer(let decoder, let tensor, let scores, let labels):
            "\(tensor) has scores of \(scores) classes by the decoder \(decoder.rawValue), and there are \(labels) labels; "
                + "correct the model card's labels"
        case .classesUnknown(let decoder, let tensor, let scores):
            "\(tensor) may be of \(scores) classes or of \(scores - 1) and none of them: the decoder \(decoder.rawValue) has to "
                + "know how many there are; give the model card labels"
        case .formatUnused(let format, let decoder):
            "the box format \(format.rawValue) is for the decoders ssd and torchvision, and this is \(decoder.rawValue); leave it out"
        }
    }

    private static func list(_ outputs: [DetectorTensor]) -> String {
        outputs.map(\.description).joined(separator: ", ")
    }
}
