import Catalogue
import Infer

/// A panel of a comparison: a method on a layer.
struct ComparedMethod: Equatable {
    let method: MethodName
    /// nil: the default one, or, for methods of the picture, none.
    let layer: String?
    /// Whether nobody named the method: then it is left out where it does not work, or shows what another one shows.
    let isOptional: Bool

    /// Methods by layers.
    ///
    /// - Parameters:
    ///   - methods: nil: one on named layers, else those that fit a comparison.
    ///   - layers: none: the default one.
    static func all(_ methods: [MethodName]?, layers: [String]) -> [ComparedMethod] {
        let shown = methods ?? (layers.isEmpty ? MethodName.compared : [.ofLayers])
        return shown.flatMap { method -> [ComparedMethod] in
            let places: [String?] = layers.isEmpty || method.mapsPicture ? [nil] : layers
            return places.map {
                ComparedMethod(method: method, layer: $0, isOptional: methods == nil && layers.isEmpty)
            }
        }
    }

    /// Those that map a detector's boxes; `auto` is one of them.
    static let ofBoxes = MethodName.ofBoxes.filter { $0 != .auto }.map {
        ComparedMethod(method: $0, layer: nil, isOptional: true)
    }

    /// - Parameter text: names with commas between them; what is named twice counts once.
    static func methods(_ text: String) throws(CompareError) -> [MethodName] {
        var methods: [MethodName] = []
        for name in try names(text, of: "--methods") {
            guard let method = MethodName(rawValue: name) else {
                let all = MethodName.allCases.map(\.rawValue)
                throw .noMethod(name: name, near: nearNames(to: name, among: all), all: all)
            }
            if !methods.contains(method) { methods.append(method) }
        }
        return methods
    }

    static func names(_ text: String, of option: String) throws(CompareError) -> [String] {
        let names = InferConfig.layers(text)
        guard !names.isEmpty else { throw .nothingNamed(option: option) }
        return names
    }
}
