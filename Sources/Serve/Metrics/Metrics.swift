import Synchronization

/// Measurements by name, as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/
///
/// Names end with their unit, counters with `_total`. Asking twice for the same name and labels gives the same one.
/// `labelled` gives a view that adds labels to all that is registered through it, such as those of one camera.
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
        var series: [(labels: String, owner: Int, value: Value)] = []
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
        /// Of the view that it was registered through.
        let labels: Labels
        let owner: Int
        let read: @Sendable () -> [Sample]
    }

    /// What all views of one registry share.
    private final class Registry: Sendable {
        struct Content {
            var families: [Family] = []
            var groups: [Group] = []
            /// The views that are there; 0 is the registry itself. What a removed one registers is not kept.
            var owners: Set<Int> = [0]
            var lastOwner = 0

            mutating func remove(_ owner: Int) {
                owners.remove(owner)
                groups.removeAll { $0.owner == owner }
                for index in families.indices { families[index].series.removeAll { $0.owner == owner } }
                families.removeAll(where: \.series.isEmpty)
            }
        }
        let content = Mutex(Content())
    }

    private let registry: Registry
    private let labels: Labels
    private let owner: Int

    package init() { (registry, labels, owner) = (Registry(), [], 0) }

    private init(_ registry: Registry, _ labels: Labels, owner: Int) {
        (self.registry, self.labels, self.owner) = (registry, labels, owner)
    }

    /// A view of the same measurements that puts labels before those of all that is registered through it.
    ///
    /// A name and labels that another view has registered become this one's, with a new value.
    package func labelled(_ labels: Labels) -> Metrics {
        guard owner == 0 else { return Metrics(registry, self.labels + labels, owner: owner) }
        let new = registry.content.withLock { content in
            content.lastOwner += 1
            content.owners.insert(content.lastOwner)
            return content.lastOwner
        }
        return Metrics(registry, labels, owner: new)
    }

    /// Takes out all that was registered through this view, and through views of it.
    package func remove() {
        precondition(owner != 0, "only a view is removed")
        // What it holds is let go after the lock.
        _ = registry.content.withLock { content in
            defer { content.remove(owner) }
            return content
        }
    }

    /// Numbers that belong together, all read at one moment, so that their sums hold.
    package func group(_ descriptions: [Description], read: @escaping @Sendable () -> [Sample]) {
        let (text, names) = (Self.text(labels), descriptions.map(\.name))
        registry.content.withLock { content in
            guard content.owners.contains(owner) else { return }
            content.groups.removeAll {
                $0.owner != owner && Self.text($0.labels) == text && $0.descriptions.map(\.name) == names
            }
            content.groups.append(Group(descriptions: descriptions, labels: labels, owner: owner, read: read))
        }
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
        let text = Self.text(self.labels + labels)
        registry.content.withLock { content in
            guard content.owners.contains(owner) else { return }
            let index = Self.index(of: name, help, "gauge", in: &content.families)
            content.families[index].series.removeAll { $0.labels == text }
            content.families[index].series.append((text, owner, .gauge(value)))
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
        let (families, groups) = registry.content.withLock { ($0.families, $0.groups) }
        for family in families {
            text += Self.heading(family.name, family.help, family.type)
            for (labels, _, value) in family.series {
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
        return text + Self.text(of: groups)
    }

    /// Each name once, with the numbers of all groups that have it.
    private static func text(of groups: [Group]) -> String {
        var text = ""
        let read = groups.map { group in (group, samples: group.read()) }
        var told: Set<String> = []
        for description in groups.flatMap(\.descriptions) where told.insert(description.name).inserted {
            text += heading(description.name, description.help, description.isCounter ? "counter" : "gauge")
            for (group, samples) in read {
                for sample in samples where sample.name == description.name {
                    let labels = Self.text(group.labels + sample.labels)
                    text += "\(sample.name)\(labels.isEmpty ? "" : "{\(labels)}") \(number(sample.value))\n"
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
        let text = Self.text(self.labels + labels)
        return registry.content.withLock { content in
            guard content.owners.contains(owner) else { return make() }
            let index = Self.index(of: name, help, type, in: &content.families)
            if let known = content.families[index].series.firstIndex(where: { $0.labels == text }) {
                let series = content.families[index].series[known]
                if series.owner == owner { return series.value }
                content.families[index].series.remove(at: known)
            }
            let value = make()
            content.families[index].series.append((text, owner, value))
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
