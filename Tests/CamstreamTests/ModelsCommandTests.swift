import ArgumentParser
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import camstream

/// `camstream models`, and `--model NAME`, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct ModelsCommandTests {
    private let installed: Installation

    init() throws { installed = try Installation() }

    private func expect(
        _ arguments: [String], _ status: Int32, _ part: String, environment: [String: String] = [:]
    ) throws {
        let run = try installed.run(arguments, environment: environment)
        #expect(run.status == status, "\(run.standardError)")
        let lines = run.standardError.split(separator: "\n").filter { $0.contains("error:") }
        #expect(lines.count == 1 && lines[0].contains(part), "\(run.standardError)")
    }

    private func overlay(_ options: [String]) throws -> Program {
        try installed.run(
            ["-i", try Clips.photo.get(), "-o", installed.folder.file("heat.png"), "--force"] + options)
    }

    @Test func theListTellsWhatThereIs() throws {
        for arguments in [["models"], ["models", "list"]] {
            let run = try installed.run(arguments)
            #expect(run.status == 0 && run.standardError.isEmpty, "\(run.standardError)")
            let lines = run.standardOutput.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(lines[0] == ["NAME", "SIZE", "TOP-1", "DATA", "LICENCE", "HEAD", "HERE"])
            #expect(lines[1].first == "imagenet" && lines[1].suffix(4) == ["yes,", "used", "without", "--model"])
            #expect(lines[2].first == "demo" && lines[2].suffix(4) == ["yes,", "used", "for", "demo:"])
            #expect(lines[3].first == "colours-a" && lines[3].last == "no")
        }
    }

    @Test func programsGetTheListAsJSON() throws {
        let run = try installed.run(["models", "--json"])
        #expect(run.status == 0 && run.standardError.isEmpty, "\(run.standardError)")
        let models = try #require(
            JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8)) as? [[String: Any]])
        #expect(models[0]["name"] as? String == "imagenet" && models[0]["usedFor"] as? String == "any")
        #expect(models[0]["here"] as? Bool == true && models[0]["place"] as? String == "shipped")
        #expect(models[1]["usedFor"] as? String == "demo")
        #expect(models[2]["name"] as? String == "colours-a" && models[2]["here"] as? Bool == false)
        #expect((models[2]["bytes"] as? Int ?? 0) > 0 && models[2]["usedFor"] == nil)
    }

    /// The log's first line that tells of the model.
    private func choice(_ arguments: [String]) throws -> Substring? {
        let run = try installed.run(arguments + ["-o", installed.folder.file("heat.png"), "--force"])
        #expect(run.status == 0, "\(run.standardError)")
        return run.standardError.split(separator: "\n").first { $0.hasPrefix("camstream:") }
    }

    @Test func withoutAModelImagenetRunsAndTheFirstLineSaysSo() throws {
        let path = installed.folder.file("share/camstream/models/imagenet/imagenet.onnx")
        #expect(
            try choice(["-i", try Clips.photo.get()])
                == "camstream: no model is named: imagenet is used (\(path)); choose another with --model, 'camstream models' lists them"
        )
        #expect(try !overlay(["-q"]).standardError.contains("imagenet"))
        let compared = try choice(["compare", "-i", try Clips.photo.get(), "--methods", "cam"])
        #expect(compared?.contains("imagenet is used (") == true)
    }

    @Test func theDrawnSceneIsSeenByTheModelThatWasMadeForIt() throws {
        let path = installed.folder.file("share/camstream/models/demo/demo.onnx")
        let first = try choice(["compare", "-i", "demo:seconds=1,size=160x120", "--methods", "cam"])
        #expect(first?.hasPrefix("camstream: no model is named: demo is used (\(path)); ") == true)
    }

    @Test func whereImagenetIsNotInstalledTheFirstLineSaysWhatTakesItsPlace() throws {
        let models = installed.folder.file("share/camstream/models")
        try FileManager.default.removeItem(atPath: "\(models)/imagenet")
        let first = try choice(["-i", try Clips.photo.get()])
        #expect(
            first?.hasPrefix(
                "camstream: no model is named: demo is used, because imagenet is not installed (\(models)/demo/demo.onnx)"
            )
                == true)
        try expect(["-i", "clip.mp4", "-o", "out.mp4", "-m", "imagenet"], 65, "\(models)/imagenet")
        try FileManager.default.removeItem(atPath: "\(models)/demo")
        try expect(["-i", "clip.mp4", "-o", "out.mp4"], 65, "\(models)/demo")
    }

    /// Each camera its own, where none is named.
    @Test func camerasOfBothKindsGetBothModels() throws {
        let config = try installed.folder.write(
            """
            serve: {listen: '127.0.0.1:0'}
            cameras:
              drawn: {capture: {input: 'demo:seconds=1,size=160x120'}}
              seen: {capture: {input: '\(try Clips.red.get())'}}
            """.utf8, to: "site.yaml")
        let running = try installed.start(["serve", "--config", config])
        #expect(running.wait(for: "demo is used ("))
        #expect(running.wait(for: "imagenet is used ("))
        #expect(running.wait(for: "watch at"))
        running.signal(SIGINT)
        #expect(running.finish().status == 0)
    }

    @Test func aCardWithoutAModelIs64() throws {
        try expect(["-i", "clip.mp4", "-o", "out.mp4", "--card", "c.yaml"], 64, "name the model with --model")
    }

    @Test func aRedirectIntoThisNetworkIsNotFollowedThroughAProxyEither() throws {
        let proxy = try LocalServer { _, _ in
            LocalServer.status("302 Found", ["Location: http://169.254.169.254/latest/meta-data"])
        }
        try expect(
            ["models", "fetch", "colours-a", "--from", "http://mirror.invalid/a.onnx"], 69,
            "redirects to 169.254.169.254, in a private network", environment: ["http_proxy": proxy.address("")])
        #expect(proxy.requests.map(\.target) == ["http://mirror.invalid/a.onnx"])
    }

    @Test func aModelIsFetchedAndThenFoundByItsName() throws {
        let served = ServedFile(installed.model)
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        try expect(
            ["-i", "clip.mp4", "-o", "out.mp4", "-m", "colours-a"], 65, "camstream models fetch colours-a")
        let fetch = try installed.run(["models", "fetch", "colours-a", "--from", server.address("mirrored.onnx")])
        #expect(fetch.status == 0, "\(fetch.standardError)")
        #expect(fetch.standardError.contains("CAM head: ") && fetch.standardError.contains("--model colours-a"))
        #expect(try overlay(["-m", "colours-a"]).status == 0)
        #expect(try installed.run(["models"]).standardOutput.contains("yes, fetched"))
        let again = try installed.run(["models", "fetch", "colours-a", "--from", server.address("mirrored.onnx")])
        #expect(again.status == 0 && again.standardError.contains("already in"))
        #expect(server.requests.count == 1)
        #expect(server.requests[0]["User-Agent"] == "camstream/\(Camstream.version)")
        #expect(try installed.run(["models", "remove", "colours-a"]).status == 0)
        #expect(try installed.run(["models"]).standardOutput.contains("yes, fetched") == false)
    }

    @Test func theProxyOfTheEnvironmentIsAsked() throws {
        let served = ServedFile(installed.model)
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        let run = try installed.run(
            ["models", "fetch", "colours-a", "--from", "http://models.invalid/x.onnx", "-q"],
            environment: ["http_proxy": server.address(""), "no_proxy": ""])
        #expect(run.status == 0 && run.standardError.isEmpty, "\(run.standardError)")
        #expect(server.requests.map(\.target) == ["http://models.invalid/x.onnx"])
    }

    @Test func whatCannotBeFetchedIsTold() throws {
        try expect(["models", "fetch", "colour-a"], 64, "did you mean 'colours-a'?")
        try expect(["models", "fetch", "colours-a"], 69, "https://127.0.0.1:9/colours-a-7.onnx")
        try expect(["models", "fetch", "colours-a"], 69, "camstream models add colours-a-7.onnx")
        let server = try LocalServer { _, _ in LocalServer.status("404 Not Found") }
        try expect(["models", "fetch", "colours-a", "--from", server.address("x")], 69, "HTTP status 404")
        try expect(["models", "fetch", "colours-a", "--from", "x.onnx"], 64, "https://")
        #expect(!FileManager.default.fileExists(atPath: "\(installed.store)/colours-a"))
        let home = ["HOME": "", "XDG_DATA_HOME": "relative"]
        try expect(["models", "fetch", "colours-a"], 64, "set HOME", environment: home)
    }

    @Test func anInterruptedDownloadGoesOnTheNextTime() throws {
        let served = ServedFile(installed.model, etag: "\"one\"")
        let half = installed.model.count / 2
        let isSecondRun = Flag()
        let server = try LocalServer { request, number in
            if number == 0 { return .bytes(served.answer(request, cutAfter: half)) }
            return isSecondRun.isSet ? .bytes(served.answer(request)) : .silence(after: [])
        }
        let arguments = ["models", "fetch", "colours-a", "--from", server.address("x.onnx")]
        let running = try installed.start(arguments)
        #expect(running.wait(for: "trying again"))
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(run.standardError.contains("fetch it again to go on") && !run.standardError.contains("error:"))
        try expect(["-i", "clip.mp4", "-o", "out.mp4", "-m", "colours-a"], 65, "is not on this machine")
        isSecondRun.set()
        let second = try installed.run(arguments)
        #expect(second.status == 0, "\(second.standardError)")
        #expect(second.standardError.contains("going on after"))
        #expect(server.requests.last?["Range"] == "bytes=\(half)-")
    }

    @Test func aModelIsAddedByHand() throws {
        let download = try installed.folder.write(installed.model, to: "download.onnx")
        let add = try installed.run(["models", "add", download])
        #expect(add.status == 0, "\(add.standardError)")
        #expect(add.standardError.contains("is the catalogue's colours-a") && add.standardError.contains("CAM head: "))

        let card = checkout.appendingPathComponent("models/colours/colours.yaml").path
        let mine = ["models", "add", Fixtures.model("sigmoid"), "--name", "mine"]
        // Options that the root command has, too.
        try expect(mine + ["--card", card], 65, "the card says input size 224x224")
        #expect(try installed.run(mine).status == 0)
        try expect(mine, 64, "--force")
        #expect(try installed.run(mine + ["--force"]).status == 0)
        #expect(try installed.run(["models"]).standardOutput.contains("yes, added"))
        try expect(["models", "add", installed.folder.file("missing.onnx")], 65, "no such model file")
        try expect(["models", "remove", "imagenet"], 64, "came with camstream")
        try expect(["models", "remove", "nothing"], 64, "no model 'nothing'")
    }

    /// Such a model has maps: those of every method but CAM.
    @Test func aModelWithoutACAMHeadIsAddedWithoutAWarning() throws {
        let add = try installed.run(["models", "add", Fixtures.model("vgg"), "--name", "vgg"])
        #expect(add.status == 0 && add.standardError.contains("no CAM head: "), "\(add.standardError)")
        #expect(add.standardError.contains("maps are made by another method, such as Grad-CAM"))
        #expect(!add.standardError.contains("no map can be made"))
        let list = try installed.run(["models"])
        #expect(list.standardOutput.contains("with 'none' they are made by\nGrad-CAM"))
    }

    @Test func helpNamesTheCommandsAndGivesExamples() throws {
        let root = try installed.run(["--help"])
        #expect(root.status == 0 && root.standardOutput.contains("camstream models fetch resnet18"))
        #expect(root.standardOutput.contains("List, fetch, add and remove models."))
        for arguments in [["models", "--help"], ["help", "models"]] {
            let run = try installed.run(arguments)
            #expect(run.status == 0 && run.standardOutput.contains("Usage: camstream models COMMAND [options]"))
            for command in ["list", "fetch", "add", "remove"] { #expect(run.standardOutput.contains("  \(command)")) }
        }
        let fetch = try installed.run(["models", "fetch", "--help"])
        #expect(fetch.standardOutput.contains("Usage: camstream models fetch <names> ..."))
        #expect(try installed.run(["models", "nonsense"]).status == 64)
    }

    @Test func aValueMayBeCalledLikeTheCommand() throws {
        let options = try Camstream.parse(["--class", "models", "-i", "models"])
        #expect(options.class == "models" && options.inputs.first == "models")
        try expect(["-i", "clip.mp4", "-o", "out.mp4", "--class", "models"], 65, "clip.mp4: no such file")
    }

    @Test func theProgressOfADownloadShowsBytesShareRateAndTimeLeft() {
        let progress = DownloadProgress(bytes: 12_000_000, before: 6_000_000, total: 48_000_000, seconds: 2)
        #expect(progress.text == "12.0 MB of 48.0 MB  25 %  3.0 MB/s  ETA 0:12")
        let begun = DownloadProgress(bytes: 12_000_000, before: 12_000_000, total: 48_000_000, seconds: 0)
        #expect(begun.text == "12.0 MB of 48.0 MB  25 %")
    }
}

private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
