import Foundation
import TestSupport
import Testing

@testable import camstream

struct CompletionTests {
    private static let names = CompletionNames(
        models: { [.init(word: "demo"), .init(word: "mine")] },
        catalogue: { [.init(word: "resnet18", about: "46.8 MB")] },
        kept: { [.init(word: "mine")] }, cameras: { [.init(word: "/dev/video0", about: "C920")] },
        layers: { model, card in
            [.init(word: "\(model ?? "default").relu", about: card ?? ""), .init(word: "pool")]
        })

    private func complete(_ words: [String]) -> Completion { Completion(words, Self.names) }

    @Test(arguments: [
        (["mod"], ["models"]), (["models", "f"], ["fetch"]), (["models", "fetch", ""], ["resnet18"]),
        (["models", "remove", "mine", ""], ["mine"]), (["help", "mo"], ["models"]), (["help", "colo"], ["colors"]),
        (["help", "batch", "sl"], ["slurm"]),
        (["--method", "gradcam"], ["gradcam", "gradcam++", "gradcam-elementwise"]),
        (["--method=gradcam+"], ["--method=gradcam++"]), (["serve", "--blend", ""], ["attention", "mix", "add"]),
        (["--methods", "cam,layer"], ["cam,layercam"]), (["--methods", "layercam,layer"], []),
        (["--scale", ""], ["frame", "running"]), (["--cam-every", ""], ["auto"]), (["-i", "/dev"], ["/dev/video0"]),
        (["--input", "de"], ["demo:"]), (["-m", "m"], ["mine"]),
        (["-m", "mine", "--layer", ""], ["mine.relu", "pool"]),
        (["--model=mine", "--layer", "mine"], ["mine.relu"]),
        (["compare", "--layers", "pool,"], ["pool,default.relu"]),
        (["--colormap", "vi"], ["viridis"]), (["--color", ""], ["auto", "always", "never"]),
        (["--no-b"], ["--no-box"]), (["-i", "a", "--inp"], ["--input"]), (["--serve", "--serv"], []),
        (["devices", ""], ["--json", "--color", "--version", "--help"]), (["--class", ""], []), (["-q", "mod"], []),
    ])
    func aWordBecomesWhatItMay(typed: [String], expected: [String]) {
        #expect(complete(typed).candidates.map(\.word) == expected)
    }

    @Test func filesHaveTheEndingsThatAreMeant() {
        #expect(complete(["--out", ""]).lines == [":files"])
        #expect(complete(["--config=x"]).lines == [":files yaml yml"])
        #expect(complete(["batch", "plan", "x", "--out-dir", ""]).lines == [":folders"])
        #expect(complete(["burn", ""]).lines == [":files mp4 mkv mov webm"])
        #expect(complete(["-m", "x"]).lines == [":files onnx yaml xml"])
    }

    @Test func candidatesSayWhatTheyAre() {
        #expect(complete(["models", "fetch", "r"]).lines == ["resnet18\t46.8 MB"])
        #expect(complete(["-m", "x", "--layer", "p"]).lines == ["pool", ":goes-on"])
        #expect(complete(["models", "rem"]).lines.first?.hasPrefix("remove\t") == true)
    }

    /// A new option's value is either known here, or is whatever people like.
    @Test func everyOptionsValueIsThoughtOf() {
        let free: Set = [
            "size", "fps", "pixel-format", "control", "class", "versus", "output-tensor", "region", "detector-class",
            "min-score", "max-boxes", "overlap", "crop-margin", "channels", "samples", "seed", "smoothing",
            "inference-rate", "label-floor", "opacity", "crf", "quality", "push", "segment", "keep", "max-bytes",
            "listen", "teach", "mqtt", "name", "at", "from", "score", "limit", "bootstrap", "tune-share", "test-share",
            "validate", "views", "max-frames", "l2", "coreset", "endings", "shard-size", "index", "of", "jobs",
            "requeue", "partition", "time", "mem", "cpus", "max-parallel", "max-array-size", "sbatch", "image",
            "volume", "parallelism", "max-tasks", "retries", "scratch", "user", "stage",
        ]
        func check(_ command: CommandInfo, _ path: [String]) {
            for argument in command.shownArguments where argument.kind == .option {
                let source = CompletionSource.of(argument, path: path)
                #expect(source != .free || free.contains(argument.name), "\(path) --\(argument.name)")
            }
            for below in command.shownCommands { check(below, path + [below.commandName]) }
        }
        check(.whole, [])
    }

    @Test func layersOfAModelAreFound() {
        let layers = CompletionNames.ofThisMachine.layers(Clips.model, nil)
        #expect(layers.count > 1 && layers.allSatisfy { !$0.about.isEmpty })
        #expect(CompletionNames.ofThisMachine.layers("/nowhere/x.onnx", nil).isEmpty)
    }
}
