import Pipeline

/// Two recordings of one clip against each other.
package struct Measurement {
    package let facts: ClipFacts
    package let raw: MapSequence
    package let steady: MapSequence

    /// Shares and limits that a steady map should keep, against maps made frame by frame.
    package static let goals = (
        flicker: Goal.share(1.0 / 10), warpedError: Goal.share(1.0 / 3), switches: Goal.share(1.0 / 5),
        lag: Goal.atMost(0.15), cutLag: Goal.atMost(1), peakInBox: Goal.notBelow(1), correlation: Goal.atLeast(0.9),
        insertion: Goal.notBelow(0.01), deletion: Goal.notAbove(0.01)
    )
    /// What of raw's way a map must have made after a step.
    private static let leastWay = 0.25

    private let grid: SampleGrid

    /// - Parameters: of the same pictures.
    package init(_ facts: ClipFacts, raw: MapSequence, steady: MapSequence) {
        precondition(raw.count == steady.count && raw.count > 1)
        (self.facts, self.raw, self.steady) = (facts, raw, steady)
        grid = SampleGrid(pictureWidth: facts.width, pictureHeight: facts.height)
    }

    package var rows: [Report.Row] {
        var rows: [Report.Row] = []
        func add(_ metric: Metric, _ goal: Goal?, _ value: (MapSequence) -> Double?) {
            let (one, two) = (value(raw), value(steady))
            // What neither has is not there to be measured.
            guard one != nil || two != nil else { return }
            rows.append(Report.Row(facts.name, metric, raw: one, steady: two, goal))
        }
        let goals = Self.goals
        if facts.jumps.isEmpty {
            let (metric, goal) = changeMetric
            add(metric, goal) { Self.mean(changes(of: $0)) }
            add(.switches, goals.switches) { recording in
                guard recording.length > 0 else { return nil }
                let surplus = max(0, Fidelity.switches(recording.classes) - facts.objectChanges)
                return Double(surplus) * 60 / recording.length
            }
            add(.objectsBegun, nil) { recording in
                guard recording.length > 0, let begun = recording.objectsBegun else { return nil }
                return Double(begun) * 60 / recording.length
            }
        } else if facts.jumpsAreCuts {
            add(.cutLag, goals.cutLag) { lag(of: $0) }
            let settled = facts.settled(of: raw.count)
            add(.correlation, goals.correlation) { recording in
                Self.mean(settled.map { Fidelity.correlation(recording.maps[$0], raw.maps[$0]) })
            }
        } else {
            add(.lag, goals.lag) { recording in
                lag(of: recording).map { $0 * recording.length / Double(recording.count) }
            }
        }
        add(.peakInBox, goals.peakInBox) { recording in
            Fidelity.peakInBox(
                recording.maps, facts.boxes, pictureWidth: facts.width, pictureHeight: facts.height
            ).map { $0 * 100 }
        }
        return rows
    }

    package var series: Report.Series {
        let isStep = !facts.jumps.isEmpty
        let name = isStep ? "way to the new map" : changeMetric.0.rawValue
        func values(_ recording: MapSequence) -> [Double?] { isStep ? way(of: recording) : changes(of: recording) }
        let times = isStep ? raw.seconds : Array(raw.seconds.dropFirst())
        return Report.Series(
            clip: facts.name, metric: name, times: times.map { $0 - raw.seconds[0] }, raw: values(raw),
            steady: values(steady))
    }

    private var changeMetric: (Metric, Goal?) {
        if facts.motions.isEmpty { return (.change, nil) }
        return facts.isStill ? (.flicker, Self.goals.flicker) : (.warpedError, Self.goals.warpedError)
    }

    private func changes(of recording: MapSequence) -> [Double?] {
        let motions: [Motion?] =
            facts.motions.isEmpty ? Array(repeating: .still, count: recording.count) : facts.motions
        return grid.changes(recording.maps, motions)
    }

    /// The step at each jump: the maps from the jump before to the jump after.
    private func steps(of recording: MapSequence) -> [StepResponse] {
        let ends = [0] + facts.jumps + [recording.count]
        return facts.jumps.indices.map { number in
            StepResponse(
                Array(recording.maps[ends[number]..<ends[number + 2]]), step: ends[number + 1] - ends[number])
        }
    }

    /// The longest one, in frames; nil: after a jump the map does not arrive.
    private func lag(of recording: MapSequence) -> Double? {
        var longest = 0
        for (step, reference) in zip(steps(of: recording), steps(of: raw)) {
            guard let lag = step.lag(least: reference.size * Self.leastWay) else { return nil }
            longest = max(longest, lag)
        }
        return Double(longest)
    }

    /// How far the map is from where it was before the last jump (0) to where it settles (1).
    private func way(of recording: MapSequence) -> [Double?] {
        let start = [Double?](repeating: nil, count: facts.jumps.first ?? 0)
        let ends = facts.jumps.dropFirst() + [recording.count]
        return zip(zip(facts.jumps, ends), steps(of: recording)).reduce(into: start) { way, item in
            let ((jump, end), step) = item
            way += step.progress.prefix(end - jump).map { $0 }
        }
    }

    private static func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}
