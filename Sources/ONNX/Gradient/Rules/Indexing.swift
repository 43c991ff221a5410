/// Operators that pick elements or move them about.
let indexingRules: [String: Rule] = [
    "Gather": Rule(needs: 2, movedElements),
    "GatherElements": Rule(needs: 2, movedElements),
    "GatherND": Rule(needs: 2, movedElements),
    "Tile": Rule(needs: 2, movedElements),
    "DepthToSpace": Rule(movedElements),
    "SpaceToDepth": Rule(movedElements),
    "ScatterElements": Rule(.only([0, 2]), needs: 3, scatteredElements),
    "ScatterND": Rule(.only([0, 2]), needs: 3, scatteredParts),
    "ReverseSequence": Rule(needs: 2) { step in
        // Turned around again.
        [step.graph.repeated(step.node, reading: [step.dy.name, step.x(1).name], shape: step.dy.shape)]
    },
    "Trilu": Rule { step in
        let inputs = [step.dy.name] + (step.node.input(1).map { [step.graph.value(of: $0).name] } ?? [])
        return [step.graph.repeated(step.node, reading: inputs, shape: step.dy.shape)]
    },
    "CumSum": Rule(needs: 2) { step in
        // The sum of all behind in place of the sum of all before.
        let (exclusive, reverse) = (try step.flag("exclusive"), try step.flag("reverse"))
        return [
            step.graph.apply(
                "CumSum", [step.dy.name, step.x(1).name],
                [.int("exclusive", exclusive ? 1 : 0), .int("reverse", reverse ? 0 : 1)], shape: step.dy.shape)
        ]
    },
]

/// Elements that are added, or put in others' place, at positions along an axis.
@Sendable private func scatteredElements(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let axis = try step.axis(try step.int("axis") ?? 0)
    let isSum = try addsUp(step)
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

/// The same for whole parts of a tensor, by their positions along its first axes.
@Sendable private func scatteredParts(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let isSum = try addsUp(step)
    return step.forEachWanted { position in
        if position == 2 {
            return step.graph.apply("GatherND", [step.dy.name, step.x(1).name], shape: step.shape(2))
        }
        if isSum { return step.dy }
        let zeros = step.graph.zeros(step.shape(2))
        return step.graph.apply("ScatterND", [step.dy.name, step.x(1).name, zeros.name], shape: step.dy.shape)
    }
}

/// Whether what is scattered is added to what is there, rather than put in its place.
private func addsUp(_ step: Step) throws(Rule.Refusal) -> Bool {
    switch try step.string("reduction") ?? "none" {
    case "none": return false
    case "add": return true
    default: throw step.refuse("its reduction is neither none nor add")
    }
}

/// The gradient of any operator that only moves, repeats or drops elements: the same operator, given each element's
/// position in place of the element, tells where the elements went; back there their gradients are added.
@Sendable func movedElements(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    guard step.operatorSet >= 11 || step.node.op == "Gather" || step.node.op == "Tile" else {
        throw step.refuse("its form before operator set 11 is not known")
    }
    let graph = step.graph
    let positions = graph.range(shape.reduce(1, *)).reshaped(to: shape)
    // A filling value would be taken for a position.
    let others = step.node.inputs.dropFirst().map { $0.isEmpty ? "" : graph.value(of: $0).name }
    let moved = graph.repeated(step.node, reading: [positions.name] + others, shape: step.outputShape)
    return [step.dy.scattered(to: moved, shape: shape)]
}
