/// The layers at which blocks of a network end: all that reaches the scores goes through them.
extension Graph {
    /// Of the layers of one grid, the last one through which everything goes that reaches the scores, and which is no wide
    /// layer inside a block.
    ///
    /// What lies beside a residual connection is passed by. An expansion before a depthwise convolution has the same
    /// information as the narrow layer before it, at many times the width; so it is left out, with what the convolution makes.
    ///
    /// - Parameters:
    ///   - grid: rows and columns.
    ///   - layers: all that can be mapped, in the data's order.
    package func blockEnd(
        grid: (height: Int, width: Int), among layers: [Layer], before scores: String
    ) -> Layer? {
        let found = layers.filter { layer in
            layer.isListed && (layer.height, layer.width) == grid && !layer.isTokens
        }
        return found.last { !isExpanded($0) && isPassedByNothing($0.tensor, before: scores) }
            ?? found.last { !isExpanded($0) } ?? found.last
    }

    /// Whether no way leads from the picture to the scores without it.
    private func isPassedByNothing(_ tensor: String, before scores: String) -> Bool {
        let pictures = Set(inputs.map(\.name))
        var seen: Set<String> = [tensor]
        var waiting = [scores]
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted else { continue }
            if pictures.contains(next) { return false }
            waiting += producer(of: next)?.reads ?? []
        }
        return true
    }

    /// Whether it is read by depthwise convolutions alone, or made by one.
    private func isExpanded(_ layer: Layer) -> Bool {
        let readers = consumers(of: layer.tensor)
        if !readers.isEmpty, readers.allSatisfy({ isDepthwise($0) }) { return true }
        var maker = producer(of: layer.tensor)
        // Activations and normalisations between.
        for _ in 0..<3 {
            guard let node = maker, let before = node.input(0) else { return false }
            if isDepthwise(node) { return true }
            if ["Conv", "Add", "Concat", "MaxPool", "AveragePool"].contains(node.op) { return false }
            maker = producer(of: before)
        }
        return false
    }

    private func isDepthwise(_ node: Node) -> Bool { node.op == "Conv" && node.int("group") ?? 1 > 1 }
}

extension Layer {
    /// Whether it is a row of tokens rather than a map.
    package var isTokens: Bool { if case .tokens = layout { true } else { false } }
}
