import ArgumentParser
import Catalogue
import Logging

/// `camstream models`: what can be named with `--model`, and getting more of it.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        _superCommandName: "camstream",
        abstract: "List, fetch, add and remove models.",
        discussion: """
            Examples:
              camstream models
              camstream models --json
              camstream models fetch resnet18 mobilenetv2
              camstream models add my-model.onnx --card my-model.yaml --name mine
              camstream models remove mine
              camstream --input clip.mp4 --model mine --out overlay.mp4

            Models are kept in $XDG_DATA_HOME/camstream/models, by default in ~/.local/share/camstream/models.
            """,
        version: Camstream.version,
        subcommands: [ListCommand.self, FetchCommand.self, AddCommand.self, RemoveCommand.self],
        defaultSubcommand: ListCommand.self)
}

/// `camstream models list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the models: those that came with camstream, the catalogue's, and yours.")

    @Flag(help: "As JSON, for programs.")
    var json = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.performWhole(log) {
            let finder = ModelFinder.ofThisProgram
            let models = try finder.list(try ShippedData.ofThisProgram.catalogue())
            try StandardOutput.write(json ? ModelJSON(models).text : ModelTable(models).text)
        }
    }
}

/// `camstream models add`.
struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Keep a model of yours, or a file of the catalogue that you got by hand.",
        discussion: """
            A file of the catalogue is known by its checksum, and gets its name and card. Any other ONNX classifier is \
            checked and kept with its card and labels, under the file's name or the one you give.

            Examples:
              camstream models add resnet18-v1-7.onnx
              camstream models add model.onnx --card cards/model.yaml --name mine
            """)

    @Argument(help: "ONNX image classifier, or the YAML card of one.")
    var file: String

    @Option(help: "What to call it.")
    var name: String?

    @Option(help: "Model card that stands elsewhere than beside the model (model.yaml beside model.onnx).")
    var card: String?

    @Flag(help: "Replace a model of the same name.")
    var force = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.performWhole(log) {
            let shipped = ShippedData.ofThisProgram
            let add = Addition(store: try .require(), shipped: shipped, catalogue: try shipped.catalogue())
            let result = try add(file, name: name, card: card, replacing: force)
            if let entry = result.entry {
                log.info("\(file) is the catalogue's \(entry.name): its checksum is the published one")
            }
            result.summary.log(to: log)
            log.notice("\(result.name) is in \(result.path); use it with --model \(result.name)")
        }
    }
}

/// `camstream models remove`.
struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove models that you fetched or added.")

    @Argument(help: "Names of models.")
    var names: [String]

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.performWhole(log) {
            let store = try ModelStore.require()
            for name in names {
                guard try store.remove(name) else {
                    throw CatalogueError.notStored(name: name, isShipped: ShippedData.ofThisProgram.has(name))
                }
                log.notice("\(name) is removed")
            }
        }
    }
}
