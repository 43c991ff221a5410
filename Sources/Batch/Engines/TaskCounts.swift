/// How many of a batch's tasks Slurm has in each state.
package struct TaskCounts: Sendable, Equatable {
    /// By state, in small letters.
    package let states: [String: Int]

    /// - Parameter text: a state a line, as squeue and sacct print them.
    package init(_ text: String) {
        var states: [String: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            // As in "CANCELLED by 1000".
            guard let word = line.split(separator: " ").first else { continue }
            states[word.lowercased(), default: 0] += 1
        }
        self.states = states
    }

    /// The most frequent one first; nil: there are none.
    package var words: String? {
        let sorted = states.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let text = sorted.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return text.isEmpty ? nil : text
    }

    /// Those of tasks that have ended.
    package var ended: TaskCounts {
        TaskCounts(states: states.filter { !["running", "pending", "completing", "requeued"].contains($0.key) })
    }

    private init(states: [String: Int]) { self.states = states }
}
