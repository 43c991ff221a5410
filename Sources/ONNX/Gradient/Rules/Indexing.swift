/// Operators that pick elements or move them about.
let indexingRules: [String: Rule] = [
    "Gather": Rule(movedElements),
    "GatherElements": Rule(movedElements),
    "GatherND": Rule(movedElements),
    "Tile": Rule(movedElements),
    "DepthToSpace": Rule(movedElements),
    "SpaceToDepth": Rule(movedElements),
]

/// The gradient of any operator that only moves, repeats or drops elements: the same operator, given each element's
/// position in place of the element, tells where the elements went; back there their gradients are added.
@Sendable func movedElements(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    guard step.graph.operatorSetOfForward >= 11 else {
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
