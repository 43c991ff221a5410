import Dispatch
import Synchronization

/// Looks into inputs as they are found, by as many threads as there are cores, and hands them on in their order. No more of
/// them are in memory than are looked into at once.
package struct ProbeGroups {
    private static let size = 256

    private let probe: @Sendable (InputList.Found) -> CostEstimate.Facts
    private let visit: (InputList.Found, CostEstimate.Facts) throws -> Void
    private var waiting: [InputList.Found] = []

    /// - Parameters:
    ///   - probe: looks into an input without decoding it, on any thread.
    ///   - visit: is called on the caller's, in order.
    package init(
        probe: @escaping @Sendable (InputList.Found) -> CostEstimate.Facts,
        visit: @escaping (InputList.Found, CostEstimate.Facts) throws -> Void
    ) {
        (self.probe, self.visit) = (probe, visit)
    }

    package mutating func add(_ input: InputList.Found) throws {
        waiting.append(input)
        if waiting.count == Self.size { try finish() }
    }

    /// Hands on what is left.
    package mutating func finish() throws {
        let (inputs, probe) = (waiting, probe)
        waiting.removeAll(keepingCapacity: true)
        let facts = Mutex([CostEstimate.Facts](repeating: CostEstimate.Facts(), count: inputs.count))
        DispatchQueue.concurrentPerform(iterations: inputs.count) { index in
            let found = probe(inputs[index])
            facts.withLock { $0[index] = found }
        }
        for (input, found) in zip(inputs, facts.withLock({ $0 })) { try visit(input, found) }
    }
}
