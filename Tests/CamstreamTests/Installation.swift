import Foundation
import TestSupport

/// The program as `make install` puts it, with a default model, a catalogue of one model, and a user's empty home.
struct Installation {
    let folder: TemporaryFolder
    /// The file that the catalogue means.
    let model: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        let files = FileManager.default
        for name in ["bin", "lib", "home", "share/camstream/models/default", "share/camstream/models/catalogue"] {
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
        for ending in ["onnx", "yaml"] {
            try files.copyItem(atPath: "\(colours).\(ending)", toPath: "\(models)/default/default.\(ending)")
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
