/// The rules of all operators that have one.
enum RuleTable {
    static let rules: [String: Rule] = [
        elementwiseRules, activationRules, reductionRules, matrixProductRules, shapeChangeRules, indexingRules,
        normalisationRules, convolutionRules, poolingRules, resizingRules, quantisationRules,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("two rules for an operator") } }

    /// Operators whose results do not change when their inputs change a little, or are no numbers to differentiate.
    private static let constantOperators: Set<String> = [
        "And", "ArgMax", "ArgMin", "Ceil", "ConstantOfShape", "Equal", "Floor", "Greater", "GreaterOrEqual", "IsInf",
        "IsNaN", "Less", "LessOrEqual", "NonZero", "Not", "OneHot", "Or", "Range", "Round", "Shape", "Sign", "Size",
        "Xor",
    ]

    enum Effect {
        case rule(Rule)
        /// No gradient flows through it.
        case none
        case unknown
    }

    static func effect(of node: Node) -> Effect {
        if constantOperators.contains(node.op) { return .none }
        if node.op == "Cast", node.int("to").flatMap({ ElementType(rawValue: $0) })?.isFloat != true { return .none }
        return rules[node.op].map { .rule($0) } ?? .unknown
    }
}
