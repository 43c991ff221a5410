import Foundation
import TestSupport
import Testing

/// `--device` of the whole program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct DeviceProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A runtime from elsewhere may be for the processor alone.
    private static let hasAuto = FileManager.default.fileExists(
        atPath: checkout.appending(path: ".deps/openvino/lib/libopenvino_auto_plugin.so").path)

    private func run(_ more: [String]) throws -> Program {
        try Program.run(["-i", try Clips.red.get(), "-m", Clips.model, "-o", folder.file("out.mp4")] + more)
    }

    @Test(arguments: [
        ("CPU.9", 69, "error: the device CPU.9 is not there, or its driver is not; there are: CPU"),
        ("foo", 64, "error: the inference engine knows no device FOO; there are: CPU"),
        ("", 64, "error: --device cannot be ''"), ("CPU:", 64, "error: --device cannot be 'CPU:'"),
    ])
    func aDeviceThatIsNotThereIsOneLine(device: String, status: Int32, line: String) throws {
        let run = try run(["-q", "--device", device])
        #expect(run.status == status)
        let lines = run.standardError.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].contains(line), "\(run.standardError)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.mp4")))
    }

    @Test(.enabled(if: hasAuto, "the runtime is for the processor alone"), arguments: ["AUTO", "HETERO:CPU"])
    func whatComputesIsChosenByTheEngineAndTheLogSaysSo(device: String) throws {
        func sidecar(_ device: String) throws -> String {
            let path = folder.file("out.jsonl")
            let run = try run(
                ["--device", device, "--precision", "f32", "--sidecar", path, "--force", "-v"])
            #expect(run.status == 0, "\(run.standardError)")
            #expect(
                device == "CPU" || run.standardError.contains("device: \(device), computed on CPU"),
                "\(run.standardError)")
            return try String(contentsOfFile: path, encoding: .utf8)
        }
        #expect(try sidecar(device) == sidecar("CPU"))
    }
}
