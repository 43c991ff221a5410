import Events
import Pipeline
import Serve

extension Sighting {
    /// What was seen in a frame.
    init(_ entry: LatestMaps.Entry, of frame: borrowing Frame) {
        let isOfThings = entry.reading == .objects
        let drawn = isOfThings || !entry.isRecognised ? nil : entry.observations.first?.called ?? entry.top.first
        let scores = entry.scores
        let captured = frame.captured ?? .now
        self.init(
            time: Double(captured.wall) / 1e6, session: entry.session.number, isOfThings: isOfThings, classes: scores,
            shown: drawn.map { drawn in
                let printed = drawn.printed(entry.printed)
                return .init(id: printed.classID, label: printed.label, probability: Double(printed.probability))
            },
            things: entry.events,
            anomaly: entry.reading == .anomaly ? entry.top.first.map { Double(ScoreReading.anomalyScore($0)) } : nil,
            heat: entry.heat ?? entry.observations.first?.heatmap, width: frame.width, height: frame.height)
    }
}
