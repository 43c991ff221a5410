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

    private let families = Mutex<[Family]>([])

    package init() {}

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
            text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
            text += "# TYPE \(family.name) \(family.type)\n"
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
        return text
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
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
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
