import Pipeline

/// Methods that are compared: written with commas between them.
package struct MethodList: Sendable, Equatable {
    package let names: [MethodName]

    /// More panels than that are too small to see, or too large to encode.
    private static let counts = 2...6

    /// - Parameter text: such as "cam,layercam".
    package init?(_ text: String) {
        let names = InferConfig.layers(text).map { MethodName(rawValue: $0) }
        let known = names.compactMap { $0 }
        guard known.count == names.count, Self.counts.contains(known.count),
            known.indices.allSatisfy({ !known[..<$0].contains(known[$0]) })
        else { return nil }
        self.names = known
    }

    /// For who draws no panels of them.
    ///
    /// - Parameter names: as many as one likes, each once.
    package init(names: [MethodName]) { self.names = names }

    /// What is compared where nobody says what: one method, and LayerCAM, which does without a head and shows finer parts.
    init(usualBeside method: MethodName) {
        let layerCAM = MethodName(rawValue: LayerCAM.name)!
        names = [method, method == layerCAM ? .auto : layerCAM]
    }

    /// As settings write it.
    package var text: String { names.map(\.rawValue).joined(separator: ",") }
}

extension MethodList: Decodable {
    package static let form = "2 to 6 different methods with commas between them, such as cam,layercam"

    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { text throws in
            // A name that no method has is told by itself, with the one that may be meant.
            if let unknown = InferConfig.layers(text).first(where: { MethodName(rawValue: $0) == nil }) {
                throw ConfigError.outOfRange(
                    key: ConfigError.shown(path: decoder.codingPath), value: unknown,
                    allowed: MethodName.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return MethodList(text)
        }
    }
}

extension InferConfig {
    /// What explains each picture, at least one method.
    package var methodsInUse: [MethodName] { comparesMethods ? comparedMethods.names : [method] }

    /// What a layout that shows several methods shows.
    package var comparedMethods: MethodList { methods ?? MethodList(usualBeside: method) }
}
