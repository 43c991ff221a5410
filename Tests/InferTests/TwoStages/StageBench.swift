import Detect
import Engine
import Foundation
import Pipeline
import TestSupport
import Tracking

@testable import Infer

/// Two stages, and pictures of 128 × 64 pixels for them: red things of 32 × 32 pixels on grey, in each a mark of 8 × 8.
struct StageBench {
    enum Mark { case none, green, blue }

    struct Thing {
        var x: Int
        var y = 16
        var mark = Mark.green
        /// In cells of 8 pixels, of the thing.
        var cell = (x: 1, y: 1)
    }

    struct Seen {
        let things: [Observation]
        let top: [Prediction]
        let heat: Heatmap?
        let events: [String]
        let mapAge: Double
    }

    let folder: TemporaryFolder
    let format = Pictures.format(128, 64)
    let detector: String
    let classifier: String

    /// Whether it finds squares in their cells, or one thing wherever it is.
    enum Finder { case thing, squares }

    init(finding finder: Finder = .thing, classifierCard: String = "", side: Float = 16) throws {
        folder = try TemporaryFolder()
        classifier = try StageNets.writeClassifier(to: folder, card: classifierCard)
        detector =
            switch finder {
            case .thing: try StageNets.writeDetector(to: folder, side: side)
            case .squares: try SquareDetector.write(to: folder)
            }
    }

    func explainer(_ change: (inout InferConfig) -> Void = { _ in }) throws -> TwoStageExplainer {
        var config = InferConfig()
        (config.model, config.detector) = (classifier, detector)
        (config.smoothing, config.precision, config.detect.cropMargin) = (0, .f32, 0)
        change(&config)
        guard case .twoStages(let explainer) = try Explainers.open(config, format: format, mapCount: 1) else {
            throw NothingCame()
        }
        return explainer
    }
    struct NothingCame: Error {}

    func frame(_ things: [Thing], seconds: Double) throws -> Frame {
        try Pictures.frame(format, milliseconds: Int64((seconds * 1000).rounded())) { plane, x, y in
            for thing in things where (thing.x..<thing.x + 32).contains(x) && (thing.y..<thing.y + 32).contains(y) {
                let isMarked = (x - thing.x) / 8 == thing.cell.x && (y - thing.y) / 8 == thing.cell.y
                // Planes are G, B, R.
                guard isMarked, thing.mark != .none else { return plane == 2 ? 255 : 0 }
                return (plane == 0) == (thing.mark == .green) && plane < 2 ? 255 : 0
            }
            return 128
        }
    }

    func look(_ explainer: TwoStageExplainer, _ things: [Thing], seconds: Double = 0) throws -> Seen {
        try explainer.submit(try frame(things, seconds: seconds))
        let next = try explainer.next()
        guard let next else { throw NothingCame() }
        return Seen(
            things: next.observations, top: next.top, heat: next.heat,
            events: next.events.map { "\($0.kind) \($0.track) \($0.label)" }, mapAge: next.mapAge)
    }
}

extension Heatmap {
    /// In pixels of the bench's pictures.
    var peakPlace: (x: Int, y: Int)? { peak(pictureWidth: 128, pictureHeight: 64).map { ($0.x, $0.y) } }
    var hottestCell: Int? { values.max().flatMap { values.firstIndex(of: $0) } }
}
