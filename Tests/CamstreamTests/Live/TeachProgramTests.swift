import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// The built program while it is taught.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct TeachProgramTests {
    private let folder: TemporaryFolder
    private static let scene = "demo:objects=stop-sign+sunflower"

    init() throws { folder = try TemporaryFolder() }

    private var environment: [String: String] { ["XDG_DATA_HOME": folder.file("data")] }

    private func start(_ options: [String] = [], set: String = "desk") throws -> Program.Running {
        try Program.Running(
            ["-i", Self.scene, "--listen", "127.0.0.1:0", "--teach", set] + options, environment: environment)
    }

    @Test func whatIsConfirmedOutlivesAKilledProcessAndBecomesAModel() throws {
        let first = try start()
        var port = try #require(first.port())
        try waitUntil { try Exchange("GET", "/api/teach", port: port).status == 200 }
        let ids = try ["sign", "flower"].map { try TeachClient(port).addClass($0) }
        // Two people at once.
        let counts = Mutex([Int](repeating: 0, count: 2))
        let connected = port
        DispatchQueue.concurrentPerform(iterations: 2) { number in
            let count = (try? TeachClient(connected).take(ids[number], count: 6)) ?? -1
            counts.withLock { $0[number] = count }
        }
        #expect(counts.withLock { $0 } == [6, 6])
        try waitUntil { try TeachClient(port).state().head.number != nil }
        let known = try TeachClient(port).state().classes
        #expect(known.map(\.name) == ["none", "sign", "flower"] && known.map(\.examples) == [0, 6, 6])
        first.signal(SIGKILL)
        _ = first.status()

        let second = try start(["--sidecar", folder.file("seen.jsonl")])
        port = try #require(second.port())
        try waitUntil { try Exchange("GET", "/api/teach", port: port).status == 200 }
        #expect(try TeachClient(port).state().classes == known)
        try waitUntil { try Exchange("GET", "/api/state", port: port).text.contains("taught as desk") }
        #expect(try Exchange("POST", "/api/teach/model", body: "{}", port: port).status == 200)
        try waitUntil { try !TeachClient(port).state().model.isBeingMade }
        let made = try TeachClient(port).state().model
        #expect(made.madeAt != nil && made.problem == nil)
        let model = folder.file("data/camstream/teach/desk/desk.onnx")
        #expect(FileManager.default.fileExists(atPath: model))
        #expect(try Exchange("GET", "/api/teach/report.html", port: port).text.contains("</html>"))
        second.signal(SIGTERM)
        let run = second.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(
            try String(contentsOfFile: folder.file("seen.jsonl"), encoding: .utf8).contains(
                #""taught": {"set": "desk", "head": "#)
        )

        let alone = try Program.run([
            "-i", "\(Self.scene),seconds=2", "-m", model, "--sidecar", folder.file("alone.jsonl"),
        ])
        #expect(alone.status == 0, "\(alone.standardError)")
        let lines = try String(contentsOfFile: folder.file("alone.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(!lines.isEmpty && lines.allSatisfy { $0.contains(#""sign""#) && $0.contains(#""flower""#) })
    }

    @Test func aProcessThatIsStoppedWhileAModelIsMadeLeavesNothingHalfMade() throws {
        let running = try start()
        let port = try #require(running.port())
        try waitUntil { try Exchange("GET", "/api/teach", port: port).status == 200 }
        let client = TeachClient(port)
        for name in ["sign", "flower"] { _ = try client.take(try client.addClass(name), count: 5) }
        #expect(try Exchange("POST", "/api/teach/model", body: "{}", port: port).status == 200)
        running.signal(SIGTERM)
        #expect(running.finish().status == 0)
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.file("data/camstream/teach/desk"))
        #expect(!kept.contains { $0.hasSuffix(".part") }, "\(kept)")
        #expect(kept.contains("examples.sqlite"))
    }

    @Test func oneProcessTeachesASetAtATime() throws {
        let first = try start()
        let port = try #require(first.port())
        try waitUntil { try Exchange("GET", "/api/teach", port: port).status == 200 }
        let second = try start().finish()
        #expect(second.status == 65, "\(second.standardError)")
        #expect(second.standardError.contains("'desk' is being taught by another process"), "\(second.standardError)")
        first.signal(SIGTERM)
        #expect(first.finish().status == 0)
    }

    @Test func readersTeachNothingAndTheMethodStays() throws {
        let reader = try start(["--read-only"])
        var port = try #require(reader.port())
        try waitUntil { try Exchange("GET", "/api/teach", port: port).status == 200 }
        #expect(try Exchange("POST", "/api/teach/classes", body: #"{"name": "cup"}"#, port: port).status == 403)
        reader.signal(SIGTERM)
        #expect(reader.finish().status == 0)

        let running = try start()
        port = try #require(running.port())
        try waitUntil { try Exchange("GET", "/api/state", port: port).text.contains(#""infer.method""#) }
        let refused = try Exchange("PATCH", "/api/settings", body: #"{"infer.method": "gradcam"}"#, port: port)
        #expect(refused.status == 422, "\(refused.text)")
        running.signal(SIGTERM)
        #expect(running.finish().status == 0)
    }

    @Test(arguments: [
        (["-i", "demo:", "--teach", "desk", "--sidecar", "seen.jsonl"], 64, "--serve"),
        (["-i", "demo:", "--serve", "--teach", "../desk"], 64, "../desk"),
        (["-i", "demo:", "--serve", "--teach", "desk", "--method", "gradcam"], 64, "allowed: auto or cam"),
        (["-i", "demo:", "--serve", "--teach", "desk", "--versus", "cup"], 64, "versus"),
        (["-i", "demo:", "--serve", "--teach", "desk", "--layout", "compare"], 64, "compare"),
    ])
    func whatCannotBeTaughtIsToldInOneLine(_ arguments: [String], status: Int32, part: String) throws {
        let run = try Program.run(arguments + ["--quiet"], environment: environment)
        let lines = run.standardError.split(separator: "\n")
        #expect(run.status == status && lines.count == 1 && lines[0].contains(part), "\(run.standardError)")
    }
}
