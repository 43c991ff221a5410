/// Operators that pick elements or move them about.
let indexingRules: [String: Rule] = [
    "Gather": Rule(movedElements),
    "GatherElements": Rule(movedElements),
    "GatherND": Rule(movedElements),
    "ScatterElements": Rule(.only([0, 2]), scatteredElements),
    "Tile": Rule(movedElements),
    "DepthToSpace": Rule(movedElements),
    "SpaceToDepth": Rule(movedElements),
]

/// Elements that are added, or put in others' place, at positions along an axis.
@Sendable private func scatteredElements(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let axis = step.axis(step.node.int("axis") ?? 0)
    let isSum: Bool
    switch step.node.string("reduction") ?? "none" {
    case "none": isSum = false
    case "add": isSum = true
    default: throw step.refuse("its reduction is neither none nor add")
    }
    return step.forEachWanted { position in
        if position == 2 {
            return step.graph.apply(
                "GatherElements", [step.dy.name, step.x(1).name], [.int("axis", axis)], shape: step.shape(2))
        }
        if isSum { return step.dy }
        let zeros = step.graph.zeros(step.shape(2))
        return step.graph.apply(
            "ScatterElements", [step.dy.name, step.x(1).name, zeros.name], [.int("axis", axis)], shape: step.dy.shape)
    }
}

/// The gradient of any operator that only moves, repeats or drops elements: the same operator, given each element's
/// position in place of the element, tells where the elements went; back there their gradients are added.
@Sendable func movedElements(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    guard step.operatorSet >= 11 else {
        throw step.refuse("its form before operator set 11 is not known")
    }
    let graph = step.graph
    let count = shape.reduce(1, *)
    let positions = graph.apply(
        "Range", [0, count, 1].map { graph.integers([$0], shape: []).name }, shape: [count]
    ).reshaped(to: shape)
    // A filling value would be taken for a position.
    let others = step.node.inputs.dropFirst().map { $0.isEmpty ? "" : graph.value(of: $0).name }
    let moved = graph.repeated(step.node, reading: [positions.name] + others, shape: step.outputShape)
    return [step.dy.scattered(to: moved, shape: shape)]
}
