/// Curves over time in panels, two of them in each: one way against another.
package struct Chart: Sendable, Equatable {
    package struct Panel: Sendable, Equatable {
        package let title: String
        /// The smaller words beside it; may be empty.
        package let detail: String
        /// Ascending, in seconds.
        package let times: [Double]
        /// As many as times; nil: a gap.
        package let first: [Double?]
        package let second: [Double?]

        package init(title: String, detail: String, times: [Double], first: [Double?], second: [Double?]) {
            precondition(times.count == first.count && times.count == second.count)
            (self.title, self.detail, self.times, self.first, self.second) = (title, detail, times, first, second)
        }

        /// What the axis goes up to: 1, 2 or 5 times a power of ten, so that all values fit.
        var top: Double {
            let highest = (first + second).compactMap { $0 }.filter(\.isFinite).max() ?? 0
            guard highest > 0 else { return 1 }
            var unit = 1.0
            while unit * 10 <= highest { unit *= 10 }
            while unit > highest { unit /= 10 }
            return [1, 2, 5, 10].map { $0 * unit }.first { $0 >= highest * (1 - 1e-9) } ?? 10 * unit
        }
    }

    package let title: String
    /// The smaller line below it.
    package let remark: String
    /// What the two curves are.
    package let names: (first: String, second: String)
    package let panels: [Panel]

    package init(title: String, remark: String, names: (first: String, second: String), panels: [Panel]) {
        precondition(!panels.isEmpty)
        (self.title, self.remark, self.names, self.panels) = (title, remark, names, panels)
    }

    package static func == (one: Chart, other: Chart) -> Bool {
        one.title == other.title && one.remark == other.remark && one.names == other.names
            && one.panels == other.panels
    }
}
