import ArgumentParser
import Infer
import Logging

/// `camstream layers`: what can be named with `--layer`.
struct LayersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        _superCommandName: "camstream",
        abstract: "List a model's layers that can be mapped, for --layer.",
        discussion: """
            One line a layer, in the data's order: its numbers (--layer takes the negative one), its tensor, the operator \
            that makes it, its shape, and the size of its maps. The default is marked with *.

            Examples:
              camstream layers
              camstream layers --model model.onnx
              camstream --input photo.jpg --model model.onnx --layer -3 --out heat.png
            """,
        version: Camstream.version)

    @Option(name: .shortAndLong, help: "ONNX image classifier, its card, or a name that 'camstream models' lists.")
    var model: String?

    @Option(help: "Model card that stands elsewhere than beside the model.")
    var card: String?

    @Option(help: "The model's output to explain, where it has several; found without it.")
    var outputTensor: String?

    @Flag(help: "Every tensor that can be named, also those inside of blocks.")
    var all = false

    @Flag(help: "As JSON, for programs.")
    var json = false

    func run() throws {
        let log = Main.openLog(quiet: json)
        try Main.performWhole(log) {
            var config = InferConfig()
            (config.model, config.card) = (model, card)
            let layers = try ModelLayers(
                model: try ModelChoice(config, input: nil, log: log).path, card: card, output: outputTensor)
            guard layers.byDefault != nil else { throw InferError.noFeatureMap(model: layers.path) }
            let rows = LayerRow.rows(layers, all: all)
            try StandardOutput.write(json ? LayerRow.json(rows) : LayerRow.table(rows))
        }
    }
}
