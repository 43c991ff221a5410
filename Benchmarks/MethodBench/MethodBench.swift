import ArgumentParser
import Engine
import Foundation
import Infer
import Pipeline

/// Times methods on one model: `CAMSTREAM_BENCHMARKS=1 swift run -c release method-bench --model model.onnx`.
///
/// Beside each method stands "forward": the classifier without any map. The first line on standard output says how long
/// each took to start; then each line on standard input is answered by a round of all of them. Lines are JSON.
@main
struct MethodBench: ParsableCommand {
    @Option(help: "An ONNX classifier; its card stands beside it.")
    var model: String
    @Option(help: "What is timed beside the forward pass, with commas between; names that are unknown are left out.")
    var methods = "gradcam"
    @Option(help: "What is mapped; as camstream's --layer.")
    var layer: String?
    @Option(name: .customLong("class"), help: "Whose map.")
    var explainedClass = "281"
    @Option(help: "With commas between: auto, f32, bf16.")
    var precisions = "auto,f32"
    @Option(help: "Seconds that each contestant is timed in a round, for each of its two figures.")
    var seconds = 0.3
    @Flag(help: "Without the forward pass.")
    var withoutForward = false

    func run() throws {
        var contestants: [TimedMethod] = []
        var start = Start()
        for precision in precisions.split(separator: ",") {
            guard let precision = Precision(rawValue: String(precision)) else {
                throw ValidationError("--precisions: '\(precision)' is none of auto, f32, bf16, f16")
            }
            let names = (withoutForward ? [] : [TimedMethod.forward]) + methods.split(separator: ",").map(String.init)
            for name in names {
                guard let method = MethodName(rawValue: name == TimedMethod.forward ? "features" : name) else {
                    start.unknown.append(name)
                    continue
                }
                var config = InferConfig()
                config.pace = .video
                (config.model, config.method, config.precision) = (model, method, precision)
                (config.layers, config.explainedClass) = (layer.map(InferConfig.layers) ?? [], explainedClass)
                let contestant = try TimedMethod(config, mapCount: name == TimedMethod.forward ? 0 : 1)
                start.contestants["\(name) \(precision.rawValue)"] = contestant.start
                contestants.append(contestant)
            }
        }
        try say(start)
        while readLine() != nil {
            let names = contestants.map(\.name)
            let figures = try contestants.map { try $0.round(seconds: seconds) }
            try say(Dictionary(uniqueKeysWithValues: zip(names, figures)))
        }
    }

    private struct Start: Encodable {
        var contestants: [String: TimedMethod.Start] = [:]
        /// Methods that this program does not have.
        var unknown: [String] = []
    }

    private func say(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(try JSONText.compact.bytes(value) + Data("\n".utf8))
    }
}
