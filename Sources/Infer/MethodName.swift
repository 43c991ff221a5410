/// The name of a method, or `auto`. Case and hyphens do not count: "Grad-CAM" is "gradcam".
package struct MethodName: RawRepresentable, CaseIterable, Sendable, Equatable {
    package let rawValue: String

    /// CAM where the model's head allows it, else Grad-CAM, else Recipro-CAM.
    package static let auto = MethodName(known: "auto")

    /// The best one of a report of `camstream evaluate`, which is to be read before.
    package static let best = MethodName(known: "best")

    package static let allCases = [auto] + camMethods.map { MethodName(known: $0.name) }

    private init(known: String) { rawValue = known }

    package init?(rawValue: String) {
        let wanted = Self.plain(rawValue)
        guard let known = (Self.allCases + [Self.best]).first(where: { Self.plain($0.rawValue) == wanted }) else {
            return nil
        }
        self = known
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    }

    /// What a comparison shows unless methods are named: those that tell one class from another, without those that run
    /// the whole model again and again.
    package static let compared = camMethods.filter { $0.isClassDiscriminative && !$0.needs.contains(.inputPasses) }
        .map { MethodName(known: $0.name) }

    /// What a comparison of layers shows them with, as where several layers become one map.
    package static let ofLayers = MethodName(known: GradCAM.name)

    /// What costs next to nothing: for those who want the scores.
    package static let cheapest = MethodName(known: FeatureView.name)

    /// As papers write it.
    package var title: String { method?.title ?? rawValue }

    /// Whether it maps the picture itself, whatever layer is named.
    package var mapsPicture: Bool { method?.needs.isOfPicture ?? false }

    /// Whether a map takes so long that it is no use on a live input.
    package var isOnlyForRecordings: Bool { method?.isOnlyForRecordings ?? false }

    /// - Throws: `.tooSlowForLive`.
    package func checkForLiveInput() throws(InferError) {
        guard let method, isOnlyForRecordings else { return }
        throw .tooSlowForLive(method: method.title)
    }

    /// - Parameter layers: as users name them.
    /// - Throws: `.tooManyLayers`.
    func check(layers: [String]) throws(InferError) {
        guard let method, let most = method.needs.mostLayers, layers.count > most else { return }
        throw .tooManyLayers(method: method.title, named: layers.count, most: most)
    }

    /// Nil for `auto` and `best`.
    var method: (any CAMMethod.Type)? { camMethods.first { $0.name == rawValue } }
}
