import Foundation
import Glibc
import TestSupport
import Testing

/// SIGINT and SIGTERM end every command at once, by a line and the code that shells expect, and leave nothing half made.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct InterruptedCommandTests {
    enum Command: String, CaseIterable, CustomTestStringConvertible {
        case compare, steady, layers, add, fit

        var testDescription: String { rawValue }

        func arguments(card: String, _ folder: TemporaryFolder) -> [String] {
            let model = Clips.model.replacing(".yaml", with: ".onnx")
            return switch self {
            case .compare: ["compare", "-i", "demo:", "-m", model, "--card", card, "-o", folder.file("sheet.png")]
            case .steady: ["steady", "-i", "demo:", "-m", model, "--card", card, "-o", folder.file("report.json")]
            case .fit:
                [
                    "fit", checkout.appending(path: "Tests/Fixtures").path, "-m", model, "--card", card, "-o",
                    folder.file("mine.onnx"),
                ]
            case .layers: ["layers", "-m", model, "--card", card]
            case .add: ["models", "add", model, "--card", card, "--name", "mine"]
            }
        }
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func start(_ arguments: [String]) throws -> Program.Running {
        try Program.Running(arguments, environment: ["XDG_DATA_HOME": folder.file("data")])
    }

    /// Waits until somebody reads a pipe.
    private func writer(to path: String, _ running: Program.Running) -> Int32 {
        var writer: Int32 = -1
        waitUntil {
            writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return writer >= 0 || !running.isRunning
        }
        return writer
    }

    @Test(arguments: Command.allCases, [SIGINT, SIGTERM])
    func theFirstSignalEndsACommandThatWaits(_ command: Command, signal: Int32) throws {
        // A card that never comes.
        let card = folder.file("card")
        #expect(mkfifo(card, 0o600) == 0)
        let running = try start(command.arguments(card: card, folder))
        let writer = writer(to: card, running)
        defer { close(writer) }
        running.signal(signal)
        let run = running.finish()
        #expect(run.status == 128 + signal, "\(run.standardError)")
        #expect(run.standardError.contains("camstream: interrupted"), "\(run.standardError)")
        #expect(try folder.contents() == ["card"])
    }
}
