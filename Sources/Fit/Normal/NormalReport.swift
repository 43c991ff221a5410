package import Foundation
import Infer
import ONNX
import Pipeline

/// All that is told of a model of good parts: as JSON for programs, as one HTML file for people.
package struct NormalReport: Encodable, Sendable {
    /// Of what follows; a change that readers would stumble over raises it.
    private(set) var format = 1
    /// The program and its version, and when it ran (ISO 8601).
    let program: String
    let date: String
    let model: Model
    let data: DataFacts
    let threshold: Threshold
    /// Of good pictures that were held out, the highest first.
    let heldOut: [Score]
    let test: Test?
    /// What a reader should know first, in sentences.
    var remarks: [String] = []
    let skipped: [FitReport.Skipped]
    /// From the first picture to the model.
    let seconds: Double

    struct Model: Encodable, Sendable {
        /// Name of the file.
        let file: String
        let backbone: String
        let licence: String?
        let layers: [String]
        /// Of a place, before and after the projection.
        let features: Int
        let compared: Int
        /// That are remembered.
        let rows: Int
        /// Rows and columns of places, and of the map.
        let places: [Int]
        let map: [Int]
    }

    struct DataFacts: Encodable, Sendable {
        /// As the command named it.
        let source: String
        /// SHA-256 of the list.
        let hash: String
        let photographs: Int
        let clips: Int
        /// That were taken out of the clips.
        let frames: Int
        let learnt: Int
        let placesOfEach: Int
    }

    struct Threshold: Encodable, Sendable {
        /// A distance: 0.5 in the map.
        let distance: Float
        /// The median of good places: 0 in the map.
        let usual: Float
        let way: GoodThreshold.Way
        let share: Double
        let heldOutAbove: Int
    }

    struct Score: Encodable, Sendable {
        /// File, with the time in a clip.
        let picture: String
        /// A distance.
        let score: Float
        /// JPEG: the picture with its heat. Not in the JSON.
        let panel: Data?

        private enum CodingKeys: String, CodingKey { case picture, score }
    }

    struct Test: Encodable, Sendable {
        let source: String
        let all: NormalTest.Kind
        let kinds: [NormalTest.Kind]
        let good: Int
        let falseAlarms: Int
        /// Of each kind the lowest, of good ones the highest.
        let hardest: [Hard]
    }

    struct Hard: Encodable, Sendable {
        let kind: String
        let score: Score
    }

    package func json() throws -> Data { try JSONText.pretty.bytes(self) }
}

extension NormalFitted {
    /// Pictures of each kind that is tested.
    private static let shownOfKind = 3

    /// What is told of it.
    ///
    /// - Parameters:
    ///   - source: the pictures as the command named them.
    ///   - file: name of the model's file.
    ///   - date: as ISO 8601 has it.
    ///   - seconds: that it took.
    ///   - progress: is told of pictures that are drawn.
    /// - Throws: `InferError`, `FitError.cannotDraw`.
    package func report(
        source: String, file: String, program: String, date: String, seconds: Double,
        progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> NormalReport {
        let panels = try NormalPanels(run, threshold.scale)
        let hardest = hardestAnswers
        let total = held.maps.count + hardest.count
        var drawn = 0
        let heldOut = try held.ordered.map { one in
            let example = examples[one.example]
            let panel = try held.maps[one.example].flatMap { map in
                progress(drawn, total)
                drawn += 1
                return try panels.panel(of: fitting.list.entries[example.entry], at: example.seconds, map)
            }
            return NormalReport.Score(picture: example.title, score: one.score, panel: panel)
        }
        let tested = try test.map { test in
            NormalReport.Test(
                source: fitting.options.test ?? "", all: test.all, kinds: test.kinds, good: test.good,
                falseAlarms: test.falseAlarms,
                hardest: try hardest.enumerated().map { number, answer in
                    progress(total - hardest.count + number, total)
                    let entry = test.list.entries[answer.entry]
                    return NormalReport.Hard(
                        kind: answer.kind,
                        score: NormalReport.Score(
                            picture: entry.name, score: answer.score, panel: try panels.panel(of: entry, at: nil)))
                })
        }
        let frames = examples.filter { $0.seconds != nil }
        var report = NormalReport(
            program: program, date: date,
            model: NormalReport.Model(
                file: file, backbone: backbone.name, licence: backbone.about.licence,
                layers: backbone.layers.map(\.tensor), features: backbone.channels, compared: memory.width,
                rows: memory.count, places: [backbone.height, backbone.width],
                map: [backbone.mapSize.height, backbone.mapSize.width]),
            data: NormalReport.DataFacts(
                source: source, hash: checksum, photographs: examples.count - frames.count,
                clips: Set(frames.map(\.name)).count, frames: frames.count, learnt: learntCount, placesOfEach: places),
            threshold: NormalReport.Threshold(
                distance: threshold.scale.threshold, usual: threshold.scale.low, way: threshold.way,
                share: GoodThreshold.share, heldOutAbove: heldAbove),
            heldOut: heldOut, test: tested,
            skipped: skipped.map { FitReport.Skipped(file: $0.name, reason: $0.reason) }, seconds: seconds)
        report.remarks = NormalRemarks(report).sentences
        return report
    }

    /// What is nearest to being told wrong, or is told wrong.
    private var hardestAnswers: [NormalTest.Answer] {
        guard let test else { return [] }
        let good = test.answers.filter(\.isGood).sorted { $0.score > $1.score }.prefix(Self.shownOfKind)
        return test.kinds.flatMap { kind in
            test.answers.filter { $0.kind == kind.name }.sorted { $0.score < $1.score }.prefix(Self.shownOfKind)
        } + good
    }
}
