/// The model that runs when none is named.
package struct DefaultModel: Sendable, Equatable {
    package let name: String
    package let path: String
    /// The model in whose place it is taken, because that one is not on this machine.
    package let missing: String?

    /// What is looked at.
    package enum Pictures: Sendable, CaseIterable {
        case any
        /// The scene of `demo:`, whose objects a model of its own was made for.
        case drawnScene

        /// Models that come into question, the best one first.
        var names: [String] {
            switch self {
            case .any: ["imagenet", "demo"]
            case .drawnScene: ["demo", "imagenet"]
            }
        }
    }

    /// In the order of lists.
    static let allNames = Pictures.any.names

    /// Sorted names with those of default models before all others.
    static func first(_ names: [String]) -> [String] {
        allNames.filter(names.contains) + names.filter { !allNames.contains($0) }
    }
}
