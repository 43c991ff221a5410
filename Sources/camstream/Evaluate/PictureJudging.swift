import Capture
import Evaluate
import Infer
import Logging
import Pipeline

/// Judges all methods, and the baselines, on one picture after the other.
struct PictureJudging {
    let methods: EvaluatedMethods
    let judges: [any MapJudge]
    let isTrimap: Bool
    let seed: Int
    let log: Logger
    private let reader = PictureReader()

    init(methods: EvaluatedMethods, judges: [any MapJudge], isTrimap: Bool, seed: Int, log: Logger) {
        (self.methods, self.judges, self.isTrimap, self.seed, self.log) = (methods, judges, isTrimap, seed, log)
    }

    /// - Parameters:
    ///   - explained: the class; nil: the most probable one.
    ///   - true: the label's; nil: the model has none.
    /// - Throws: `InferError`, `CaptureError.interrupted`, and what judges throw; what is wrong with the picture is no error.
    func callAsFunction(
        _ picture: LabelledPicture, explained: Int?, true label: Int?, _ interrupt: Interrupt
    ) throws -> JudgedPicture {
        var judged = JudgedPicture(picture)
        let refusal = try reader.read(picture, interrupt) { frame, format in
            let seen = try methods.explain(frame, format, classID: explained, log)
            let canvas = EvaluationCanvas(format, region: seen.heatmaps[0].region, input: methods.inputSize)
            let truth: Truth
            do throws(DataError) {
                switch try canvas.truth(picture, format, isTrimap: isTrimap) {
                case .success(let found): truth = found
                case .failure(let mismatch):
                    judged.problem = "\(mismatch)"
                    return
                }
            } catch {
                judged.problem = "its mask: \(error)"
                return
            }
            let luma = try canvas.luma(of: frame, format)
            let baselines = Baseline.allCases.map { baseline in
                baseline.map(luma: luma, width: canvas.width, height: canvas.height, seed: noiseSeed(picture))
                    .scaled(x: 1 / canvas.scale.x, y: 1 / canvas.scale.y)
            }
            let maps = seen.heatmaps + baselines
            var others = [MapFigures](repeating: MapFigures(), count: maps.count)
            // What the input shows; judges get no other part of the picture.
            let region = seen.heatmaps[0].region
            let inputs = judges.isEmpty ? [] : maps.map { $0.field(ofInput: methods.inputSize, showing: region) }
            for judge in judges {
                let figures = try judge.figures(of: inputs, classID: seen.explained.classID, in: frame, format)
                for (place, found) in figures.enumerated() { others[place].merge(found) }
            }
            let keys = methods.facts.map(\.key) + Baseline.allCases.map(\.key)
            let places = onAllCores(maps.count) { Whereabouts(canvas.field(maps[$0]), truth) }
            for (place, key) in keys.enumerated() { judged.maps[key] = JudgedMap(places[place], others: others[place]) }
            (judged.explained, judged.probability) = (seen.explained.label, Double(seen.explained.probability))
            judged.top = seen.top.label
            judged.isRight = label.map { $0 == seen.top.classID }
        }
        if let refusal { judged.problem = refusal }
        return judged
    }

    /// The same for a picture whatever was looked at before it.
    private func noiseSeed(_ picture: LabelledPicture) -> UInt64 {
        StableHash.of(picture.key, from: UInt64(truncatingIfNeeded: seed))
    }
}

extension Heatmap {
    /// Its heat in the size of a model's input.
    ///
    /// - Parameter region: the part of the picture that the input shows.
    fileprivate func field(ofInput size: (width: Int, height: Int), showing region: Region) -> HeatField {
        var moved = self
        moved.region.x -= region.x
        moved.region.y -= region.y
        let scaled = moved.scaled(x: Double(size.width) / region.width, y: Double(size.height) / region.height)
        return HeatField(scaled, width: size.width, height: size.height)
    }
}
