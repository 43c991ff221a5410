import Fit
import Foundation
import Infer
import Pipeline
import Serve
import Synchronization
import Teach
import TestSupport
import Testing

/// `camstream fit --from`, with the built program: from what was taught live to a classifier.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct TaughtFitTests {
    private let folder: TemporaryFolder
    private static let model = checkout.appendingPathComponent("models/colours/colours.onnx").path

    init() throws { folder = try TemporaryFolder() }

    private func fit(_ arguments: [String]) throws -> Program {
        try Program.run(
            ["fit", "-o", folder.file("made.onnx")] + arguments, environment: ["XDG_DATA_HOME": folder.file("data")])
    }

    /// A set of six pictures each of warm and cold stripes, as a camera's classifier gets them.
    ///
    /// - Returns: what was made of it within the process that taught it.
    private func teach(model: String = model) async throws -> [UInt8] {
        let backbone = try Backbone(model: model, card: nil)
        let made = Mutex<[UInt8]>([])
        let (changes, change) = AsyncStream.makeStream(of: TeachState.self)
        let teacher = try Teacher(
            TeachFolder(path: folder.file("data/camstream/teach")), named: "stripes",
            backbone: TaughtBackbone(backbone, model: model, card: nil),
            make: { examples, _, isCancelled in
                let model = try MadeModel(
                    of: examples, backbone, name: "made", file: "made.onnx", program: "camstream 0.1.0", date: "",
                    isCancelled: isCancelled)
                made.withLock { $0 = model.model }
                return model
            }, onChange: { change.yield($0) })
        for (name, rgb) in [("warm", [210, 60, 50]), ("cold", [50, 60, 210])] {
            let id = try await teacher.addClass(named: name)
            for number in 0..<6 {
                async let taken = teacher.take(forClass: id)
                while !teacher.wantsPicture { await Task.yield() }
                teacher.take(picture(rgb, number, backbone))
                guard case .added(id: _) = try await taken else {
                    Issue.record("\(name) \(number) is nearly one that is there")
                    return []
                }
            }
        }
        try await teacher.makeModel()
        for await state in changes {
            if state.model.madeAt != nil || state.model.problem != nil { break }
        }
        #expect(await teacher.state.model.problem == nil)
        teacher.close()
        return made.withLock { $0 }
    }

    /// Stripes, half of them of one colour and half of any, and features that are unlike any others.
    private func picture(_ rgb: [Int], _ number: Int, _ backbone: Backbone) -> TaughtPicture {
        var random = SplitMix64(UInt64(number &+ 31 * rgb[0] &+ 997 * rgb[1]))
        let stripes = (0..<8).map { stripe in
            stripe % 2 == 0 ? rgb : (0..<3).map { _ in random.value(in: 0...1) < 0.5 ? 30 : 220 }
        }
        let (width, height) = (backbone.input.width, backbone.input.height)
        let row = (0..<width).flatMap { column in stripes[column * 8 / width].map { UInt8($0) } }
        return TaughtPicture(
            features: (0..<backbone.channels).map { _ in Float(random.value(in: -1...1)) },
            pixels: Array((0..<height).map { _ in row }.joined()), seconds: Double(number))
    }

    @Test func whatWasTaughtBecomesTheSameModelHereAndThere() async throws {
        let made = try await teach()
        #expect(made.count > 1000)
        let run = try fit(["--from", "stripes"])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("made.onnx: 2 classes"), "\(run.standardError)")
        #expect(try folder.bytes(of: "made.onnx") == made)
        let report = try String(decoding: folder.bytes(of: "made.report.html"), as: UTF8.self)
        #expect(report.contains("what was taught as stripes"))
    }

    @Test func whatIsWrongIsToldInOneLine() async throws {
        func line(_ arguments: [String], _ status: Int32, _ part: String) throws {
            let run = try fit(arguments)
            let lines = run.standardError.split(separator: "\n")
            #expect(run.status == status && lines.count == 1 && lines[0].contains(part), "\(run.standardError)")
        }
        try line([], 64, "name a folder of images, or what was taught live with --from")
        try line(["photos", "--from", "x"], 64, "exclude each other")
        try line(["--from", "x", "--model", Self.model], 64, "--model cannot be given with --from")
        try line(["--from", "x", "--max-frames", "5"], 64, "--max-frames cannot be given with --from")
        try line(["--from", "../x"], 64, "'../x' cannot be the name")
        try line(["--from", "nobody"], 65, "nothing was taught as 'nobody'")
        #expect(try folder.contents().isEmpty)
    }

    @Test func anotherModelInThePlaceOfItsOwnIsRefused() async throws {
        let model = folder.file("own.onnx")
        try FileManager.default.copyItem(atPath: Self.model, toPath: model)
        _ = try await teach(model: model)
        try FileManager.default.removeItem(atPath: model)
        let other = checkout.appendingPathComponent("models/demo/demo.onnx").path
        try FileManager.default.copyItem(atPath: other, toPath: model)
        let run = try fit(["--from", "stripes"])
        #expect(run.status == 65 && run.standardError.contains("put that one in its place"), "\(run.standardError)")
        #expect(try folder.contents() == ["data", "own.onnx"])
    }
}
