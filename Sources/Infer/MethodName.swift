/// The name of a method, or `auto`. Case and hyphens do not count: "Grad-CAM" is "gradcam".
package struct MethodName: RawRepresentable, CaseIterable, Sendable, Equatable {
    package let rawValue: String

    /// CAM where the model's head allows it, else Grad-CAM, else Recipro-CAM.
    package static let auto = MethodName(known: "auto")

    package static let allCases = [auto] + camMethods.map { MethodName(known: $0.name) }

    private init(known: String) { rawValue = known }

    package init?(rawValue: String) {
        let wanted = Self.plain(rawValue)
        guard let known = Self.allCases.first(where: { Self.plain($0.rawValue) == wanted }) else { return nil }
        self = known
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    }

    /// - Throws: `.tooSlowForLive`.
    package func checkForLiveInput() throws(InferError) {
        guard let method, method.isOnlyForRecordings else { return }
        throw .tooSlowForLive(method: method.title)
    }

    /// Nil for `auto`.
    var method: (any CAMMethod.Type)? { camMethods.first { $0.name == rawValue } }
}
