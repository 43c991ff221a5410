/// The names of a model's classes: as they are shown, and in full.
///
/// ImageNet's are WordNet synsets, words for the same thing: of "tabby, tabby cat" the first is shown. Other lists have
/// commas, too, that mean something: "car, from the side" stays as it is.
package struct ClassNames: Sendable, Equatable {
    package let shown: [String]
    package let full: [String]
    /// Whether anybody gave them; else they are numbers.
    package let areGiven: Bool

    /// Names that people gave their own classes: shown as they are.
    package init(asWritten names: [String]) { (shown, full, areGiven) = (names, names, true) }

    /// Of a model that nobody gave names to.
    ///
    /// - Parameter count: of its classes.
    package init(unnamed count: Int) {
        full = (0..<count).map { "class \($0)" }
        (shown, areGiven) = (full, false)
    }

    package init(_ full: [String]) {
        (self.full, areGiven) = (full, true)
        guard full.contains(where: Self.synsets.contains) else {
            shown = full
            return
        }
        let short = full.map { Self.synonyms($0)[0] }
        let count = Dictionary(short.map { ($0.lowercased(), 1) }, uniquingKeysWith: +)
        // "maillot" and "maillot, tank suit" are two classes.
        shown = zip(short, full).map { count[$0.lowercased()] == 1 ? $0 : $1 }
    }

    static func synonyms(_ name: String) -> [String] {
        name.split(separator: ", ", omittingEmptySubsequences: false).map { String($0) }
    }

    /// Some of ImageNet's, by which its lists are known, and those of its well-known parts.
    private static let synsets: Set<String> = [
        "tench, Tinca tinca", "tabby, tabby cat", "English springer, English springer spaniel", "chain saw, chainsaw",
        "church, church building", "French horn, horn", "garbage truck, dustcart", "parachute, chute",
        "Samoyed, Samoyede", "dingo, warrigal, warragal, Canis dingo", "mouse, computer mouse",
        "laptop, laptop computer",
    ]
}
