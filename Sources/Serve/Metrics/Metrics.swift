import Synchronization

/// Measurements by name, as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/
///
/// Names end with their unit, counters with `_total`. Asking twice for the same name and labels gives the same one.
package final class Metrics: Sendable {
    package typealias Labels = [(name: String, value: String)]

    private enum Value {
        case counter(Counter)
        case gauge(@Sendable () -> Double)
        case histogram(Histogram)
    }

    private struct Family {
        let name: String
        let help: String
        let type: String
        /// By the text of their labels, in the order of their making.
        var series: [(labels: String, value: Value)] = []
    }

    /// One number of a group.
    package struct Sample: Sendable {
        package let name: String
        package let labels: Labels
        package let value: Double

        package init(_ name: String, labels: Labels = [], _ value: Double) {
            self.name = name
            self.labels = labels
            self.value = value
        }
    }

    /// What the numbers of a group are called.
    package struct Description: Sendable {
        package let name: String
        package let help: String
        package let isCounter: Bool

        package init(_ name: String, _ help: String, isCounter: Bool = true) {
            self.name = name
            self.help = help
            self.isCounter = isCounter
        }
    }

    private struct Group: Sendable {
        let descriptions: [Description]
        let read: @Sendable () -> [Sample]
    }

    private let families = Mutex<[Family]>([])
    private let groups = Mutex<[Group]>([])

    package init() {}

    /// Numbers that belong together, all read at one moment, so that their sums hold.
    package func group(_ descriptions: [Description], read: @escaping @Sendable () -> [Sample]) {
        groups.withLock { $0.append(Group(descriptions: descriptions, read: read)) }
    }

    /// A number that only grows.
    package func counter(_ name: String, _ help: String, labels: Labels = []) -> Counter {
        let value = series(name, help, "counter", labels) { .counter(Counter()) }
        guard case .counter(let counter) = value else { preconditionFailure("\(name) is no counter") }
        return counter
    }

    /// A number that is asked for when it is read. A later one of the same name and labels replaces it.
    package func gauge(
        _ name: String, _ help: String, labels: Labels = [], value: @escaping @Sendable () -> Double
    ) {
        let text = Self.text(labels)
        families.withLock { families in
            let index = Self.index(of: name, help, "gauge", in: &families)
            families[index].series.removeAll { $0.labels == text }
            families[index].series.append((text, .gauge(value)))
        }
    }

    /// How often a measurement fell below each of some bounds.
    ///
    /// - Parameter buckets: upper bounds, rising; infinity is added.
    package func histogram(_ name: String, _ help: String, buckets: [Double], labels: Labels = []) -> Histogram {
        let value = series(name, help, "histogram", labels) { .histogram(Histogram(buckets)) }
        guard case .histogram(let histogram) = value else { preconditionFailure("\(name) is no histogram") }
        return histogram
    }

    /// Everything, in Prometheus' text format 0.0.4.
    package var text: String {
        var text = ""
        for family in families.withLock({ $0 }) {
            text += Self.heading(family.name, family.help, family.type)
            for (labels, value) in family.series {
                let braced = labels.isEmpty ? "" : "{\(labels)}"
                switch value {
                case .counter(let counter): text += "\(family.name)\(braced) \(counter.value)\n"
                case .gauge(let value): text += "\(family.name)\(braced) \(Self.number(value()))\n"
                case .histogram(let histogram):
                    let (counts, sum) = histogram.snapshot
                    var below = 0
                    for (bound, count) in zip(histogram.bounds + [.infinity], counts) {
                        below += count
                        let bounded = (labels.isEmpty ? "" : labels + ",") + "le=\"\(Self.number(bound))\""
                        text += "\(family.name)_bucket{\(bounded)} \(below)\n"
                    }
                    text += "\(family.name)_sum\(braced) \(Self.number(sum))\n"
                    text += "\(family.name)_count\(braced) \(below)\n"
                }
            }
        }
        for group in groups.withLock({ $0 }) {
            let samples = group.read()
            for description in group.descriptions {
                text += Self.heading(description.name, description.help, description.isCounter ? "counter" : "gauge")
                for sample in samples where sample.name == description.name {
                    let labels = sample.labels.isEmpty ? "" : "{\(Self.text(sample.labels))}"
                    text += "\(sample.name)\(labels) \(Self.number(sample.value))\n"
                }
            }
        }
        return text
    }

    private static func heading(_ name: String, _ help: String, _ type: String) -> String {
        "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
    }

    private func series(
        _ name: String, _ help: String, _ type: String, _ labels: Labels, make: () -> Value
    ) -> Value {
        let text = Self.text(labels)
        return families.withLock { families in
            let index = Self.index(of: name, help, type, in: &families)
            if let known = families[index].series.first(where: { $0.labels == text }) { return known.value }
            let value = make()
            families[index].series.append((text, value))
            return value
        }
    }

    private static func index(of name: String, _ help: String, _ type: String, in families: inout [Family]) -> Int {
        if let index = families.firstIndex(where: { $0.name == name }) {
            precondition(families[index].type == type, "\(name) is a \(families[index].type)")
            return index
        }
        families.append(Family(name: name, help: help, type: type))
        return families.count - 1
    }

    private static func text(_ labels: Labels) -> String {
        labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        // Not by what people take for a character: a quotation mark with an accent is a quotation mark here.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
    }
}

/// A number that only grows.
package final class Counter: Sendable {
    private let count = Atomic(0)

    package func add(_ amount: Int = 1) { count.add(amount, ordering: .relaxed) }
    package var value: Int { count.load(ordering: .relaxed) }
}

/// How often a measurement fell below each of some bounds.
package final class Histogram: Sendable {
    let bounds: [Double]
    private let state: Mutex<(counts: [Int], sum: Double)>

    init(_ bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must rise")
        self.bounds = bounds
        state = Mutex((Array(repeating: 0, count: bounds.count + 1), 0))
    }

    package func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Observations between one bound and the next, and the sum of all.
    var snapshot: (counts: [Int], sum: Double) { state.withLock { $0 } }
}
