import Reports

/// What a map of one picture costs by itself, as it was measured on one machine.
package struct MapCost: Sendable, Codable, Equatable {
    /// The method's key.
    package let method: String
    /// From the picture to the map: the median.
    package let milliseconds: Double
    /// Passes: of the whole model, of what lies behind the layer alone, and back from the scores.
    package let forward: Int
    package let head: Int
    package let backward: Int

    package init(method: String, milliseconds: Double, forward: Int, head: Int, backward: Int) {
        (self.method, self.milliseconds) = (method, milliseconds)
        (self.forward, self.head, self.backward) = (forward, head, backward)
    }

    /// For people, such as "7.4", "120".
    package var time: String { fixed(milliseconds, digits: milliseconds < 9.95 ? 1 : 0) }

    /// Such as "1", or "1 + 1280 heads".
    package var forwardPasses: String { head > 0 ? "\(forward) + \(counted(head, "head", "heads"))" : "\(forward)" }
}

extension Evaluation {
    /// nil: nobody measured, as of baselines.
    package func cost(of method: RunFacts.Method) -> MapCost? { costs.first { $0.method == method.key } }

    /// What costs are, in a sentence; nil: there are none.
    package var costRemark: String? {
        costs.isEmpty
            ? nil
            : "What a map costs by itself, medians, measured on \(facts.machine): other machines have other times. "
                + "Heads are passes of what lies behind the layer alone."
    }
}
