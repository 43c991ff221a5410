import Foundation
import TestSupport

/// The program as `make install` puts it, with both default models, a catalogue of one model, and a user's empty home.
struct Installation {
    let folder: TemporaryFolder
    /// The file that the catalogue means.
    let model: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        let files = FileManager.default
        for name in ["bin", "lib", "home", "share/camstream/models/catalogue"] {
            try files.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        // By `cp`: a descriptor of our own, open for writing, would be inherited by what other tests start just then,
        // and Linux does not run a file that anyone has open for writing (ETXTBSY).
        _ = try FFmpegTool.output(["cp", Program.executable.path, folder.file("bin/camstream")])
        try files.createSymbolicLink(
            atPath: folder.file("lib/camstream"),
            withDestinationPath: checkout.appendingPathComponent(".deps/openvino/lib").path)
        let colours = checkout.appendingPathComponent("models/colours/colours").path
        let models = folder.file("share/camstream/models")
        // Small ones in their places: the true `imagenet` need not be there.
        for name in ["demo", "imagenet"] {
            try files.createDirectory(atPath: "\(models)/\(name)", withIntermediateDirectories: true)
            try files.copyItem(atPath: "\(colours).onnx", toPath: "\(models)/\(name)/\(name).onnx")
            let card = try String(contentsOfFile: "\(colours).yaml", encoding: .utf8)
            try card.replacing("model: colours.onnx", with: "model: \(name).onnx")
                .write(toFile: "\(models)/\(name)/\(name).yaml", atomically: false, encoding: .utf8)
        }
        model = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(colours).onnx")))
        try files.copyItem(atPath: "\(colours).yaml", toPath: "\(models)/catalogue/colours-a.yaml")
        let sum = try FFmpegTool.output(["sha256sum", "\(colours).onnx"]).prefix(64)
        try folder.write(
            """
            models:
              - name: colours-a
                file: colours-a-7.onnx
                bytes: \(model.count)
                sha256: \(String(decoding: sum, as: UTF8.self))
                address: https://127.0.0.1:9/colours-a-7.onnx
                head: GAP + dense
            """.utf8, to: "share/camstream/models/catalogue/catalogue.yaml")
    }

    var executable: String { folder.file("bin/camstream") }
    var store: String { folder.file("home/.local/share/camstream/models") }

    private var environment: [String: String] {
        ["HOME": folder.file("home"), "XDG_DATA_HOME": "", "no_proxy": "127.0.0.1"]
    }

    func run(_ arguments: [String], environment more: [String: String] = [:]) throws -> Program {
        try Program.run(arguments, environment: environment.merging(more) { $1 }, executable: executable)
    }

    func start(_ arguments: [String]) throws -> Program.Running {
        try Program.Running(arguments, environment: environment, executable: executable)
    }
}
