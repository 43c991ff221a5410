import Foundation
import Glibc
import TestSupport
import Testing

/// `camstream evaluate`, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct EvaluateCommandTests {
    private let pictures: ColouredPictures
    private var folder: TemporaryFolder { pictures.folder }

    init() throws { pictures = try ColouredPictures() }

    private func arguments(_ data: String, _ options: [String] = []) -> [String] {
        [
            "evaluate", "--data", data, "-m", Clips.model, "--methods", "cam,gradcam,eigencam", "--precision", "f32",
            "--bootstrap", "50", "-o", folder.file("report.json"), "--measure", "none",
        ] + options
    }

    private func report() throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(folder.bytes(of: "report.json")))
        return try #require(json as? [String: Any])
    }

    /// A method's figure.
    private func figure(_ metric: String, of key: String) throws -> Double {
        try #require(try figureIfMeasured(metric, of: key))
    }

    /// The same; nil where it was not measured.
    private func figureIfMeasured(_ metric: String, of key: String) throws -> Double? {
        let methods = try #require(try report()["methods"] as? [[String: Any]])
        let own = try #require(methods.first { ($0["method"] as? [String: Any])?["key"] as? String == key })
        let figure = (own["figures"] as? [String: Any])?[metric] as? [String: Any]
        return figure?["value"] as? Double
    }

    /// Of a map: forward, of the head, backward.
    private func passes(of key: String) throws -> [Int] {
        let costs = try #require(try report()["costs"] as? [[String: Any]])
        let own = try #require(costs.first { $0["method"] as? String == key })
        #expect((own["milliseconds"] as? Double ?? 0) > 0)
        return ["forward", "head", "backward"].compactMap { own[$0] as? Int }
    }

    @Test func whereTheHeatLiesIsToldWithTableReportAndPage() throws {
        let run = try Program.run(
            arguments(try pictures.table(3), ["--html", folder.file("report.html"), "--measure", "cost"]))
        #expect(run.status == 0, "\(run.standardError)")
        for word in ["MaxBoxAcc", "Grad-CAM", "(whole image)", "recognised: 100.0 %", "3 images say little"] {
            #expect(run.standardOutput.contains(word), "\(run.standardOutput)")
        }
        #expect(try figure("pointing", of: "cam") == 1 && figure("pointing_15", of: "gradcam") == 1)
        #expect(try figure("energy_box", of: "cam") > figure("energy_box", of: "baseline:whole"))
        #expect(abs(try figure("energy_box", of: "baseline:whole") - 1600.0 / 19200) < 0.003)
        let facts = try #require(try report()["facts"] as? [String: Any])
        #expect(facts["layout"] as? String == "csv" && (facts["modelChecksum"] as? String)?.count == 64)
        #expect((facts["cardChecksum"] as? String)?.count == 64 && facts["pictures"] as? Int == 3)
        #expect(try passes(of: "cam") == [1, 0, 0] && passes(of: "gradcam") == [1, 0, 1])
        #expect(run.standardOutput.contains("ms a map  forward  backward"), "\(run.standardOutput)")
        let page = String(decoding: try folder.bytes(of: "report.html"), as: UTF8.self)
        #expect(page.contains("data:image/jpeg;base64,") && page.contains("Worst and best images"))
        let lines = try folder.bytes(of: "report.pictures.jsonl").count { $0 == UInt8(ascii: "\n") }
        #expect(lines == 4)
    }

    @Test func programsGetTheReportAsJSON() throws {
        let run = try Program.run(arguments(try pictures.table(2), ["--json"]))
        #expect(run.status == 0, "\(run.standardError)")
        let printed = try #require(
            JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8)) as? NSDictionary)
        #expect(try printed == report() as NSDictionary)
    }

    /// With the net of the golden figures, which is small.
    @Test func whatTheModelSaysOfChangedPicturesIsToldBesideIt() throws {
        let table = try pictures.table(1)
        func run(_ options: String...) throws -> Program {
            try Program.run(
                [
                    "evaluate", "--data", table, "-m",
                    checkout.appending(path: "Tests/Fixtures/evaluate/net.onnx").path,
                    "--methods", "cam,eigencam", "--target", "top", "--precision", "f32", "--bootstrap", "20", "-o",
                    folder.file("report.json"), "--html", folder.file("report.html"),
                ] + options)
        }
        let whole = try run("--measure", "all", "--score", "adcc")
        #expect(whole.status == 0, "\(whole.standardError)")
        for word in ["insertion", "ROAD", "ADCC", "sensitivity", "SSIM", "layers are drawn anew", "By ADCC alone: "] {
            #expect(whole.standardOutput.contains(word), "\(whole.standardOutput)")
        }
        for key in ["insertion", "deletion", "coherency", "complexity", "adcc"] {
            #expect((0...1).contains(try figure(key, of: "cam")), "\(key)")
        }
        #expect(
            try figure("sensitivity", of: "cam") > 0 && (-1...1).contains(try figure("redrawn_ranks", of: "eigencam")))
        // Baselines have no model that could be asked again.
        #expect(try figureIfMeasured("coherency", of: "baseline:noise") == nil)
        #expect(try figure("complexity", of: "baseline:whole") == 1 && figure("drop", of: "baseline:whole") == 0)
        #expect(String(decoding: try folder.bytes(of: "report.html"), as: UTF8.self).contains("insertion"))
        // The same figures again, and those of two groups by themselves.
        let first = try #require(try report()["methods"] as? NSArray)
        #expect(try run("--measure", "score,stability,model", "--force").status == 0)
        #expect(try #require(try report()["methods"] as? NSArray) == first)
        let insertion = try figure("insertion", of: "cam")
        #expect(try run("--measure", "score", "--force").status == 0)
        #expect(try figure("insertion", of: "cam") == insertion)
        #expect(try figureIfMeasured("sensitivity", of: "cam") == nil)
    }

    @Test func aStoppedRunIsMarkedAndGoneOnWith() throws {
        let table = try pictures.table(12)
        // As if it had not been stopped.
        let whole = try Program.run(arguments(table))
        #expect(whole.status == 0, "\(whole.standardError)")
        let expected = try #require(try report()["methods"] as? NSArray)
        let refused = try Program.run(arguments(table))
        #expect(refused.status == 73 && refused.standardError.contains("exists already"), "\(refused.standardError)")

        let journal = folder.file("report.pictures.jsonl")
        let running = try Program.Running(arguments(table, ["--force"]))
        #expect(running.wait(for: "12 images"))
        waitUntil {
            let lines = (FileManager.default.contents(atPath: journal) ?? Data()).count { $0 == UInt8(ascii: "\n") }
            return (2..<10).contains(lines) || !running.isRunning
        }
        running.signal(SIGINT)
        let stopped = running.finish()
        #expect(stopped.status == 130, "\(stopped.standardError)")
        #expect(stopped.standardError.contains("--resume goes on"), "\(stopped.standardError)")
        let summary = try #require(try report()["summary"] as? [String: Any])
        let done = try #require(summary["judged"] as? Int)
        #expect(summary["isFinished"] as? Bool == false && done >= 1 && done < 12)

        // The last line was being written.
        let handle = try FileHandle(forWritingTo: URL(filePath: journal))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"picture\": \"half".utf8))
        try handle.close()
        let other = try Program.run(arguments(table, ["--resume", "--seed", "9"]))
        #expect(other.status == 64 && other.standardError.contains("it is of --seed 1"), "\(other.standardError)")
        let resumed = try Program.run(arguments(table, ["--resume"]))
        #expect(resumed.status == 0, "\(resumed.standardError)")
        #expect(try #require(try report()["methods"] as? NSArray) == expected)
    }

    @Test func eachLayerIsJudgedByItselfAndTheBestMethodOfTheReportIsTaken() throws {
        let run = try Program.run(
            [
                "evaluate", "--data", try pictures.table(3), "-m", Clips.model, "--methods",
                "gradcam,eigencam,saliency", "--measure", "none", "--layers", "-1,-2", "--bootstrap", "0", "-o",
                folder.file("report.json"),
            ])
        #expect(run.status == 0, "\(run.standardError)")
        let methods = try #require(try report()["methods"] as? [[String: Any]])
        let keys = methods.compactMap { ($0["method"] as? [String: Any])?["key"] as? String }
        #expect(keys.count { $0.hasPrefix("gradcam@") } == 2 && keys.contains("saliency"), "\(keys)")
        #expect(run.standardOutput.contains("--bootstrap 1000"))
        func best(_ options: [String]) throws -> Program {
            let arguments = ["-i", "demo:size=64x48,seconds=0.2", "--sidecar", folder.file("seen.jsonl"), "--force"]
            return try Program.run(arguments + options)
        }
        let chosen = ["--method", "best", "--evaluated", folder.file("report.json")]
        let taken = try best(chosen + ["-m", Clips.model])
        #expect(taken.status == 0 && taken.standardError.contains("method: gradcam@"), "\(taken.standardError)")
        let line = String(decoding: try folder.bytes(of: "seen.jsonl"), as: UTF8.self).split(separator: "\n").first
        #expect(line?.contains(#""method": "gradcam""#) == true, "\(line ?? "")")

        let other = try best(chosen + ["-m", "demo"])
        #expect(other.status == 64 && other.standardError.contains("is of another model"), "\(other.standardError)")
        let twice = try best(chosen + ["-m", Clips.model, "--layer", "-1"])
        #expect(twice.status == 64 && twice.standardError.contains("leave out --layer"), "\(twice.standardError)")
        let nothing = try best(["-m", Clips.model, "--method", "best"])
        #expect(nothing.status == 64 && nothing.standardError.contains("with --evaluated"), "\(nothing.standardError)")
        let unused = try best(["-m", Clips.model, "--evaluated", folder.file("report.json")])
        #expect(unused.status == 64 && unused.standardError.contains("--method best"), "\(unused.standardError)")
    }

    /// A square of 40 pixels that moves by 5 from frame to frame.
    @Test func framesOfAVideoAreJudgedByTheirBoxes() throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("videos/red"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: try Clips.red.get(), toPath: folder.file("videos/red/clip.mp4"))
        let boxes = [2, 15, 90].map { "{\"frame\": \($0), \"box\": [\(20 + 5 * $0), 40, \(60 + 5 * $0), 80]}" }
        try folder.write(
            Array("{\"frames\": [\(boxes.joined(separator: ", "))]}".utf8), to: "videos/red/clip.json")
        let run = try Program.run(arguments(folder.file("videos")))
        #expect(run.status == 0 && run.standardOutput.contains("Frames of one video are alike"), "\(run.standardError)")
        #expect(
            run.standardError.contains("left out: red/clip.mp4#90: the video ends before frame 90"),
            "\(run.standardError)")
        #expect(try figure("pointing", of: "cam") > 0.9 && figure("energy_box", of: "cam") > 0.8)
    }

    @Test func whatDoesNotFitIsLeftOutAndTold() throws {
        _ = try pictures.table(3)
        try folder.write(Array("no picture".utf8), to: "data/broken.ppm")
        let table = try folder.write(
            Array(
                """
                path,label,x,y,w,h
                0.ppm,red,10,5,40,40
                1.ppm,green,400,5,40,40
                2.ppm,bleu,10,5,40,40
                broken.ppm,red,1,1,4,4
                """.utf8), to: "data/list.csv")
        let run = try Program.run(arguments(table))
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("the model has no class 'bleu'; near it are 'blue'"))
        #expect(run.standardError.contains("its boxes lie outside the image, which has 160x120 pixels"))
        #expect(run.standardError.contains("left out: broken.ppm: "), "\(run.standardError)")
        let leftOut = try #require(try report()["leftOut"] as? [[String: Any]])
        #expect(Set(leftOut.compactMap { $0["name"] as? String }) == ["1.ppm", "2.ppm", "broken.ppm"])
    }

    /// Figures of a model that is given wrong values look like others.
    @Test(arguments: [("", true), ("input:\n  range: [0, 1]\n", false)])
    func aGuessOfTheModelsInputIsTold(card: String, isTold: Bool) throws {
        let model = folder.file("mine.onnx")
        try FileManager.default.copyItem(
            atPath: String(Clips.model.dropLast(4)) + "onnx", toPath: model)
        if !card.isEmpty { _ = try folder.write(Array(card.utf8), to: "mine.yaml") }
        let run = try Program.run([
            "evaluate", "--data", try pictures.table(3), "-m", model, "--methods", "cam", "--target", "top",
            "--measure", "none",
            "--bootstrap", "50", "-o", folder.file("report.json"),
        ])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("mine.yaml beside it would say it") == isTold, "\(run.standardError)")
    }

    @Test func whatCannotBeJudgedIsOneLine() throws {
        func expect(_ arguments: [String], _ status: Int32, _ words: String) throws {
            let run = try Program.run(arguments)
            #expect(run.status == status && run.standardError.contains(words), "\(run.status) \(run.standardError)")
            let errors = run.standardError.split(separator: "\n").filter { $0.contains("error: ") }
            #expect(errors.count == 1 && run.standardOutput.isEmpty)
        }
        let table = try pictures.table(3)
        try expect(arguments(folder.file("none")), 65, "No such file or directory")
        try expect(arguments(folder.path + "/data", ["--layout", "voc"]), 64, "there is no XML file")
        try expect(arguments(table, ["--target", "best"]), 64, "--target")
        try expect(arguments(table, ["--tune-share", "2"]), 64, "--tune-share must be 0 to 0.9")
        try expect(arguments(table, ["--measure", "scores"]), 64, "--measure must be score, stability")
        try expect(arguments(table, ["--score", "ssim"]), 64, "--score must be arcc or adcc")
        try expect(arguments(table, ["--score", "arcc"]), 64, "--score is measured with --measure score")
        try expect(arguments(table, ["--resume"]), 64, "there is nothing to resume")
        try expect(arguments(table, ["--html", folder.file("page.txt")]), 64, "ends in .html")
        try expect(arguments(table, ["-o", table]), 64, "ends in .json")
        try expect(arguments(table, ["--methods", "gradcamm"]), 64, "did you mean 'gradcam'")
        try expect(arguments(table, ["--labels-map", folder.file("none.csv")]), 65, "there is no such file")
        let unboxed = try folder.write(Array("0.ppm,red\n1.ppm,green\n".utf8), to: "data/list.csv")
        try expect(arguments(unboxed, ["--tune-share", "0.5"]), 64, "these data have neither")
        let strange = try folder.write(Array("0.ppm,giraffe,1,1,9,9\n".utf8), to: "data/list.csv")
        try expect(arguments(strange), 65, "its class is among the model's, such as 'giraffe'")
        let broken = try folder.write(Array("list.csv,red,1,1,9,9\n".utf8), to: "data/list.csv")
        try expect(arguments(broken), 65, "none of 1 images could be judged: the first one, list.csv")
    }
}
