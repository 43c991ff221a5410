import COpenBLAS
import Pipeline
import Tracking

/// A way to make a target's map, such as a class's. Methods neither clip nor scale: that is done for all of them in one place.
protocol CAMMethod: Sendable {
    /// As written in settings.
    static var name: String { get }
    /// As papers write it.
    static var title: String { get }
    /// Whether the map of one class shows something else than that of another.
    static var isClassDiscriminative: Bool { get }
    /// What it asks the classifier for.
    static var needs: MethodNeeds { get }

    /// Whether a map without any heat is an answer: nothing is there.
    static var mayBeEmpty: Bool { get }

    /// What in its maps is no evidence.
    static var zero: ZeroLevel { get }

    /// Whether a map takes so long that it is no use on a live input.
    static var isOnlyForRecordings: Bool { get }

    /// Share of the map's places that are shown at full strength. Maps with single pixels in them have a few that are far
    /// above all others.
    static var saturatedShare: Double { get }

    init(_ options: MethodOptions)

    func map(_ subject: Subject) throws(InferError) -> RawMap
}

extension CAMMethod {
    static var mayBeEmpty: Bool { false }
    static var zero: ZeroLevel { .zero }
    static var isOnlyForRecordings: Bool { false }
    static var isClassDiscriminative: Bool { true }
    static var saturatedShare: Double { 0 }

    /// What is to be known of its maps to show them.
    static var traits: MapTraits {
        MapTraits(zero: zero, saturatedShare: saturatedShare, isClassDiscriminative: isClassDiscriminative)
    }
}

/// All methods, in the order of help and documentation.
let camMethods: [any CAMMethod.Type] = [
    CAM.self, GradCAM.self, GradCAMPlusPlus.self, SmoothGradCAMPlusPlus.self, HiResCAM.self, ElementwiseGradCAM.self,
    XGradCAM.self, LayerCAM.self, FinerCAM.self, ShapleyCAM.self, EigenCAM.self, EigenGradCAM.self, KPCACAM.self,
    FEM.self,
    FeatureView.self, Saliency.self, GuidedBackpropagation.self, GuidedGradCAM.self, FullGrad.self, ScoreCAM.self,
    SSCAM.self, ISCAM.self, AblationCAM.self, ReciproCAM.self, ViTReciproCAM.self, RISE.self,
]

/// What a method asks the classifier for, beside the layer's activations and the scores. It decides what is compiled.
struct MethodNeeds: OptionSet {
    let rawValue: Int

    /// The weights of a head that pools the layer.
    static let head = MethodNeeds(rawValue: 1)
    /// dy/dA.
    static let gradients = MethodNeeds(rawValue: 2)
    /// The target's map of the frame before.
    static let previous = MethodNeeds(rawValue: 4)
    /// dy/dx, with x the picture.
    static let inputGradients = MethodNeeds(rawValue: 8)
    /// The same with guided rectifiers.
    static let guidedGradients = MethodNeeds(rawValue: 16)
    /// dy/dx, and the gradients with respect to all tensors that a bias is added to.
    static let biasGradients = MethodNeeds(rawValue: 32)
    /// dy/dA and H A, with y the sum of logit and log-softmax.
    static let hessian = MethodNeeds(rawValue: 64)
    /// Passes from the layer to the scores, of layers that were changed.
    static let headPasses = MethodNeeds(rawValue: 128)
    /// Passes of masked pictures through the whole classifier.
    static let inputPasses = MethodNeeds(rawValue: 256)
    /// A, for methods whose other needs are of the picture alone.
    static let activations = MethodNeeds(rawValue: 512)
    /// dy/dA of noisy pictures.
    static let noisyGradients = MethodNeeds(rawValue: 1024)

    /// Whether the map is one of the whole picture, and no layer is looked at.
    var isOfPicture: Bool { !isEmpty && isSubset(of: Self.ofPicture) }

    /// How many layers can be named; nil: as many as one likes, whose maps become one.
    var mostLayers: Int? { isOfPicture ? 0 : contains(.head) ? 1 : nil }

    private static let ofPicture: MethodNeeds = [.inputGradients, .guidedGradients, .biasGradients, .inputPasses]

    static let anyGradient: MethodNeeds = [
        .gradients, .inputGradients, .guidedGradients, .biasGradients, .hessian, .noisyGradients,
    ]
}

/// A method that needs nothing but activations and gradients.
protocol EvidenceMethod: CAMMethod {
    /// What is differentiated where the subject is asked about.
    func differentiated(_ subject: Subject) -> ExplanationTarget

    /// - Returns: Float `[height, width]`.
    func map(_ evidence: Evidence) -> [Float]
}

extension EvidenceMethod {
    func differentiated(_ subject: Subject) -> ExplanationTarget { subject.target }

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let evidence = try subject.about(differentiated(subject)).evidence(needs: Self.needs)
        return RawMap(height: evidence.height, width: evidence.width, values: map(evidence))
    }
}

/// A method that weights channels: M = Σ_k w_k A_k.
protocol ChannelWeightedMethod: EvidenceMethod {
    /// - Returns: Float `[channels]`.
    func weights(_ evidence: Evidence) -> [Float]
}

extension ChannelWeightedMethod {
    func map(_ evidence: Evidence) -> [Float] { evidence.weightedSum(weights(evidence)) }
}

extension Evidence {
    /// mean_ij G_k, Float `[channels]`.
    var meanGradients: [Float] {
        let shares = [Float](repeating: 1 / Float(area), count: area)
        var means = [Float](repeating: 0, count: channels)
        cblas_sgemv(
            CblasRowMajor, CblasNoTrans, Int32(channels), Int32(area), 1, gradients.baseAddress!, Int32(area), shares,
            1,
            0, &means, 1)
        return means
    }

    /// Σ_k w_k A_k, Float `[height, width]`.
    func weightedSum(_ weights: [Float]) -> [Float] {
        precondition(weights.count == channels && activations.count == channels * area)
        var map = [Float](repeating: 0, count: area)
        // Aᵀw for A [channels, area].
        cblas_sgemv(
            CblasRowMajor, CblasTrans, Int32(channels), Int32(area), 1, activations.baseAddress!, Int32(area), weights,
            1,
            0, &map, 1)
        return map
    }
}
