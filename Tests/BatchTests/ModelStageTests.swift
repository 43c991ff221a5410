import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Batch

struct ModelStageTests {
    private let folder: TemporaryFolder
    private let model: PlanHead.Model

    init() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("models/a"), withIntermediateDirectories: true)
        func file(_ name: String, _ text: String) throws -> PlanHead.File {
            PlanHead.File(
                path: try folder.write(text.utf8, to: "models/\(name)"),
                sha256: Checksum.hexDigits(of: Array(text.utf8)))
        }
        let files = [
            try file("a/card.yaml", "model: net.onnx"), try file("a/net.onnx", "weights"), try file("names.txt", "cat"),
        ]
        self.folder = folder
        model = PlanHead.Model(path: files[0].path, card: files[0].path, files: files)
    }

    private var place: String { folder.file("stage") }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: place) }

    @Test func copiesAreReadInTheModelsPlace() throws {
        let staged = try ModelStage(place)(model)
        #expect(staged.path.hasPrefix("\(place)/model-") && staged.path.hasSuffix(model.path))
        #expect(staged.card == staged.path)
        for (copy, file) in zip(staged.files, model.files) {
            #expect(try InputStamp.checksum(copy.path) == file.sha256)
            // As the card's paths are relative ones.
            #expect(copy.path.hasSuffix(file.path))
        }
        #expect(try names().count == 1)
    }

    @Test func theSecondTaskCopiesNothing() throws {
        let staged = try ModelStage(place)(model)
        let before = try #require(InputStamp(path: staged.files[1].path))
        for file in model.files { try FileManager.default.removeItem(atPath: file.path) }
        #expect(try ModelStage(place)(model) == staged)
        #expect(InputStamp(path: staged.files[1].path) == before)
    }

    @Test func damagedCopiesAreMadeAnew() throws {
        let staged = try ModelStage(place)(model)
        try "wei".write(toFile: staged.files[1].path, atomically: false, encoding: .utf8)
        #expect(try ModelStage(place)(model) == staged)
        #expect(try InputStamp.checksum(staged.files[1].path) == model.files[1].sha256)
        #expect(try names().count == 1)
    }

    @Test func anotherModelThanThePlannedOneIsRefused() throws {
        let path = model.files[1].path
        try "other".write(toFile: path, atomically: true, encoding: .utf8)
        let (stage, model) = (try ModelStage(place), model)
        #expect(throws: BatchError.otherModel(path: path)) { try stage(model) }
        #expect(try names().isEmpty)
    }

    @Test func anotherModelHasAPlaceOfItsOwn() throws {
        let first = try ModelStage(place)(model)
        var other = model
        try "other".write(toFile: model.files[1].path, atomically: true, encoding: .utf8)
        other.files[1].sha256 = Checksum.hexDigits(of: Array("other".utf8))
        let second = try ModelStage(place)(other)
        #expect(first.path != second.path)
        #expect(try InputStamp.checksum(first.files[1].path) == model.files[1].sha256)
    }

    @Test func manyTasksAtOnceEndWithOneCopy() throws {
        let (stage, model) = (try ModelStage(place), model)
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
            do {
                let staged = try stage(model)
                for (copy, file) in zip(staged.files, model.files) {
                    #expect(try InputStamp.checksum(copy.path) == file.sha256)
                }
            } catch {
                Issue.record(error)
            }
        }
        #expect(try names().count == 1)
    }

    @Test func aFolderThatOthersMayWriteToIsRefused() throws {
        let open = folder.file("open")
        mkdir(open, 0o700)
        chmod(open, 0o777)
        #expect(throws: BatchError.cannotWrite(path: open, reason: "it is not a folder of this user alone")) {
            try ModelStage(open)
        }
        let link = folder.file("link")
        symlink(folder.path, link)
        #expect(throws: BatchError.cannotWrite(path: link, reason: "it is not a folder of this user alone")) {
            try ModelStage(link)
        }
    }
}
