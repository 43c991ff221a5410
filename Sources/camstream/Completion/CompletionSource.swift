/// What can stand for an argument's value.
enum CompletionSource: Equatable, Sendable {
    /// Names of files; with endings those that have one of them.
    case files([String])
    case folders
    /// Names of models and their files.
    case models
    /// Names of models that can be fetched.
    case catalogue
    /// Names of models that were fetched or added.
    case kept
    case layers
    case methods
    case inputs
    case words([String])
    /// Whatever people like.
    case free

    private static let pictures = ["png", "jpg", "jpeg"]
    private static let videos = ["mp4", "mkv", "mov", "webm"]

    /// By the options' names; the same name stands for the same thing in nearly all commands.
    private static let ofOptions: [String: CompletionSource] = [
        "input": .inputs, "model": .models, "detector": .models, "layer": .layers, "layers": .layers,
        "methods": .methods, "card": .files(["yaml", "yml"]), "config": .files(["yaml", "yml"]),
        "against": .files(["yaml", "yml"]), "evaluated": .files(["json"]), "out": .files([]),
        "sidecar": .files(["jsonl"]), "maps": .files(["npz"]), "report": .files(["html"]), "dwell": .files(pictures),
        "picture": .files(pictures), "events": .files(["jsonl"]), "html": .files(["html"]),
        "summary-json": .files(["json"]), "boxes": .files(["json"]),
        "token-file": .files([]), "user-file": .files([]), "tls-cert": .files(["pem", "crt"]),
        "tls-key": .files(["pem", "key"]), "data": .files([]), "labels-map": .files(["csv", "txt"]), "test": .folders,
        "normal": .files([]), "export": .folders, "out-dir": .folders, "list": .files([]), "stage": .folders,
        "logs": .folders, "program": .files([]), "device": .words(["AUTO", "CPU", "GPU", "NPU"]),
        "codec": .words(["libx264", "libx265", "libvpx-vp9", "ffv1"]),
        "preset": .words(["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]),
        "measure": .words(["score", "stability", "model", "cost", "all", "none"]), "font": .files(["ttf", "otf"]),
    ]

    /// What stands behind commands.
    private static let ofPositionals: [String: CompletionSource] = [
        "fetch": .catalogue, "remove": .kept, "add": .files(["onnx", "yaml"]), "burn": .files(videos),
        "view": .files(videos), "fit": .files(["csv"]), "plan": .files([]),
    ]

    /// Names that mean something of their own in a command: a name that is chosen freely.
    private static let chosenFreely: Set = ["models fetch from", "fit from", "fit layers", "batch run stage"]

    static func of(_ argument: ArgumentInfo, path: [String]) -> CompletionSource {
        if argument.kind == .positional {
            return ofPositionals[path.last ?? ""] ?? .files(path.first == "batch" ? ["jsonl"] : [])
        }
        if path == ["fit"], argument.name == "layers" { return .layers }
        if chosenFreely.contains((path + [argument.name]).joined(separator: " ")) { return .free }
        if let words = argument.allValues {
            // Such as N and fixed:LO,HI, which stand for what is to be chosen.
            return .words(words.filter { !$0.contains { $0.isUppercase } })
        }
        return ofOptions[argument.name] ?? .free
    }
}
