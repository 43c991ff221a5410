import ArgumentParser
import Engine
import Evaluate
import Foundation
import Glibc
import Infer
import Pipeline

/// Times measurements of maps: `CAMSTREAM_BENCHMARKS=1 swift run -c release evaluate-bench --model model.onnx --folder FOLDER`.
///
/// The folder holds `pictures.bin`, 8-bit `[pictures, height, width, 3]` of the model's input, and `classes.json`, a class a
/// picture; `maps.bin` is written beside them, Float `[pictures, height, width]`: the maps that are measured, for others to
/// measure. A line of JSON says how long each group took and what came out.
@main
struct EvaluateBench: ParsableCommand {
    @Option(help: "An ONNX classifier; its card stands beside it.")
    var model: String
    @Option(help: "Where the pictures are.")
    var folder: String
    @Option(help: "What makes the maps.")
    var method = "gradcam"
    @Option(help: "auto, f32, bf16 or f16.")
    var precision = "f32"

    private struct Group: Encodable {
        /// A map, from start to end.
        var wallMs: Double
        /// The process's time on all cores.
        var cpuMs: Double
        /// Of each picture: what is measured, by its name.
        var figures: [[String: Double]]
    }

    func run() throws {
        guard let method = MethodName(rawValue: method), let precision = Precision(rawValue: precision) else {
            throw ValidationError("--method or --precision: no such one")
        }
        var config = InferConfig()
        (config.model, config.method, config.precision) = (model, method, precision)
        let explainer = try InputExplainer(config)
        let folder = URL(filePath: folder, directoryHint: .isDirectory)
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "pictures.bin")))
        let classes = try JSONDecoder().decode(
            [Int].self, from: Data(contentsOf: folder.appending(path: "classes.json")))
        let size = explainer.width * explainer.height * explainer.channels
        guard bytes.count == classes.count * size else {
            throw ValidationError("pictures.bin has not \(classes.count) pictures of \(size) bytes")
        }
        let region = Region(x: 0, y: 0, width: Double(explainer.width), height: Double(explainer.height))
        let pictures = classes.indices.map {
            PreparedPicture(bytes: Array(bytes[$0 * size..<($0 + 1) * size]), region: region)
        }
        let maps = try zip(pictures, classes).map { picture, classID in
            let heat = try explainer.heat(ofClass: classID, in: picture)
            return HeatField(
                Heatmap(height: heat.height, width: heat.width, values: heat.values, region: region),
                width: explainer.width, height: explainer.height
            ).values
        }
        try maps.reduce(into: Data()) { data, map in map.withUnsafeBytes { data.append(contentsOf: $0) } }
            .write(to: folder.appending(path: "maps.bin"))
        var groups: [String: Group] = [:]
        for (name, percentiles) in Self.groups {
            var settings = DependenceSettings()
            // Noise is drawn anew by each program, and figures are compared.
            settings.noise = 0
            // Nothing between the ends of curves that nobody wants.
            if name == "road" { settings.steps = 1 }
            settings.percentiles = percentiles
            let measurement = DependenceMeasurement(
                channels: explainer.channels, height: explainer.height, width: explainer.width, settings)
            func measure(_ number: Int) throws -> [String: Double] {
                let picture = InputPicture(
                    channels: explainer.channels, height: explainer.height, width: explainer.width,
                    values: explainer.values(pictures[number]))
                let (map, classID, scorer) = ([maps[number]], classes[number], Scorer(explainer: explainer))
                if name == "curves" {
                    let found = try measurement.curves(picture, maps: map, classID: classID, scorer)[0]
                    return ["insertion": found.insertion.area, "deletion": found.deletion.area]
                }
                let found = try measurement(picture, maps: map, classID: classID, scorer)[0]
                return ["road": found.road.score, "drop": found.drop, "probability": found.probability]
            }
            _ = try measure(0)
            let (begin, beginCPU) = (ContinuousClock.now, clock())
            let figures = try pictures.indices.map(measure)
            let count = Double(pictures.count)
            let wall = (ContinuousClock.now - begin) / .milliseconds(1)
            let cpu = Double(clock() - beginCPU) / Double(CLOCKS_PER_SEC) * 1000
            groups[name] = Group(wallMs: wall / count, cpuMs: cpu / count, figures: figures)
        }
        FileHandle.standardOutput.write(try JSONText.compact.bytes(groups) + Data("\n".utf8))
    }

    /// Insertion and deletion alone, ROAD alone (with the ends of the curves and the masked picture), and all, each with the
    /// percentiles of ROAD.
    private static let groups = [("curves", []), ("road", [20.0, 40, 60, 80]), ("all", [20.0, 40, 60, 80])]

    private struct Scorer: VariantScorer {
        let explainer: InputExplainer

        var width: Int { explainer.width }
        var height: Int { explainer.height }
        var channels: Int { explainer.channels }

        func probabilities(
            _ count: Int, classID: Int, fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
        ) throws -> [Double] {
            try explainer.probabilities(count, classID: classID, fill: fill)
        }
    }
}
