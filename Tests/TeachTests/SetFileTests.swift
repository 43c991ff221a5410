import Fit
import Foundation
import Glibc
import Infer
import Pipeline
import Serve
import TestSupport
import Testing

@testable import Teach

struct SetFileTests {
    private let room: Classroom

    init() throws { room = try Classroom() }

    /// A set of two classes with five examples each.
    private func taught() async throws -> Teacher {
        let teacher = try room.teacher()
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 5)
        return teacher
    }

    @Test func itGoesOnAfterARestart() async throws {
        var teacher: Teacher? = try await taught()
        let before = await teacher!.state
        teacher!.wait()
        let head = teacher!.head
        teacher!.close()
        teacher = nil
        let again = try Classroom(room.home).teacher()
        again.wait()
        let after = await again.state
        #expect(after.classes == before.classes && after.undoes == "5 examples of none")
        #expect(again.head?.labels == head?.labels)
        try await again.undo()
        try await again.undo()
        try await again.undo()
        #expect(await again.state.summary == "none 0")
    }

    @Test func whatWasConfirmedOutlivesAKilledProcess() async throws {
        let teacher = try await taught()
        // What lies there while it runs is what a killed process leaves: the file and its log.
        let copy = room.home.file("copy")
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: room.folder.path + "/desk", toPath: copy + "/desk")
        // A piece of what was being written.
        let log = try FileHandle(forWritingTo: URL(filePath: copy + "/desk/examples.sqlite-wal"))
        try log.seekToEnd()
        try log.write(contentsOf: Data([1, 2, 3, 4, 5]))
        try log.close()
        try Data().write(to: URL(filePath: copy + "/desk/.desk.onnx.12-0.part"))
        let survivor = try Teacher(
            TeachFolder(path: copy), named: "desk", backbone: Classroom.backbone, limits: TeachLimits(),
            clock: room.clock, fit: HeadKeeper.usualFit, after: { _, _ in }, make: { _, _, _ in Classroom.made },
            onChange: { _ in })
        #expect(await survivor.state.summary == "none 5, cup 5")
        #expect(!FileManager.default.fileExists(atPath: copy + "/desk/.desk.onnx.12-0.part"))
        _ = teacher
    }

    @Test func aChangeThatWasNotFinishedNeverHappened() async throws {
        let teacher = try await taught()
        // A connection that dies amid a change.
        do {
            let other = try Database(room.file, .readWrite)
            try other.run("BEGIN IMMEDIATE")
            try other.run("DELETE FROM example")
        }
        #expect(try TaughtSet.read(named: "desk", in: room.folder).examples.entries.count == 10)
        try await teacher.undo()
        #expect(await teacher.state.summary == "none 0, cup 5")
    }

    @Test func aFullDiskIsToldAndNothingIsLost() async throws {
        let teacher = try await taught()
        teacher.close()
        let files = try room.folder.files("desk")
        let file = try SetFile(teaching: files, Classroom.backbone)
        let lesson = try Lesson(file, Classroom.backbone, clock: room.clock)
        let pages = try file.database.pragma("page_count")
        #expect(try file.database.pragma("max_page_count = \(pages)") == pages)
        let large = [UInt8](repeating: 7, count: 100_000)
        let features = room.picture().features
        for _ in 0..<2 {
            let error = #expect(throws: TeachRefusal.self) {
                try lesson.add(features, pixels: large, thumbnail: [1], classID: 1)
            }
            #expect(error == .storage("the disk is full: \(room.file) takes nothing more; make room"))
        }
        #expect(lesson.problem != nil && lesson.examples.count == 10)
        #expect(try file.places().count == 10)
        // There is room again.
        _ = try file.database.pragma("max_page_count = \(pages + 1000)")
        _ = try lesson.add(features, pixels: large, thumbnail: [1], classID: 1)
        #expect(lesson.problem == nil && lesson.examples.count == 11)
    }

    @Test func whatIsRemovedGivesItsRoomBack() throws {
        let files = try room.folder.files("desk")
        try files.createFolder()
        let file = try SetFile(teaching: files, Classroom.backbone)
        let lesson = try Lesson(file, Classroom.backbone, limits: TeachLimits(steps: 1), clock: room.clock)
        for _ in 0..<5 {
            _ = try lesson.add(
                room.picture().features, pixels: [UInt8](repeating: 7, count: 100_000), thumbnail: [1], classID: 1)
        }
        let before = try file.bytes()
        try lesson.clear()
        #expect(try file.bytes() >= before)
        _ = try lesson.addClass(named: "next")
        #expect(try file.bytes() < before / 5)
        #expect(try file.database.pragma("page_count") * file.database.pragma("page_size") < before / 5)
    }

    @Test func aSecondProcessIsRefusedInOneLine() async throws {
        let teacher = try await taught()
        let error = #expect(throws: TeachError.self) { try Classroom(room.home).teacher() }
        #expect(error == .inUse(name: "desk") && error?.category == .badInput)
        // Another set is free, and so is this one afterwards.
        _ = try room.teacher("other")
        teacher.close()
    }

    @Test func aReaderSeesOneMomentWhileOthersTeach() async throws {
        let teacher = try await taught()
        let set = try TaughtSet.read(named: "desk", in: room.folder)
        #expect(set.backbone == Classroom.backbone && set.leftOut.isEmpty)
        let few = try await teacher.addClass(named: "few")
        try await room.teach(teacher, few)
        try await teacher.clear()
        #expect(set.examples.classes == ["none", "cup"] && set.examples.entries.count == 10)
        #expect(try set.examples.pixels(9).count == 12 * 8 * 3)
        try await teacher.undo()
        let later = try TaughtSet.read(named: "desk", in: room.folder)
        #expect(later.leftOut.map(\.name) == ["few"] && later.leftOut.map(\.examples) == [1])
    }

    @Test func aSetThatIsNotThereIsToldWithThoseThatAre() async throws {
        _ = try await taught()
        let error = #expect(throws: TeachError.self) { try TaughtSet.read(named: "disk", in: room.folder) }
        #expect(error == .missing(name: "disk", folder: room.folder.path, present: ["desk"]))
        #expect(error?.description.contains("there is desk") == true)
        // Nothing came into being.
        #expect(room.folder.names == ["desk"])
    }

    @Test(arguments: ["../desk", "a/b", "", ".", "Desk", String(repeating: "a", count: 64), "a\0b"])
    func namesLeadNowhereElse(name: String) throws {
        let error = #expect(throws: TeachError.self) { try room.teacher(name) }
        #expect(error == .badName(name) && error?.category == .usage)
        #expect(throws: TeachError.badName(name)) { try TaughtSet.read(named: name, in: room.folder) }
    }

    @Test func foldersAndFilesAreForTheirOwnerAlone() async throws {
        let teacher = try await taught()
        func mode(_ path: String) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(try mode(room.folder.path) == 0o700 && mode(room.folder.path + "/desk") == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: room.folder.path + "/desk").sorted()
        #expect(names == ["examples.sqlite", "examples.sqlite-shm", "examples.sqlite-wal", "lock"])
        for name in names { #expect(try mode(room.folder.path + "/desk/" + name) == 0o600, "\(name)") }
        teacher.close()
    }

    @Test func garbageAndForeignFilesStayAsTheyAre() async throws {
        try FileManager.default.createDirectory(
            atPath: room.folder.path + "/desk", withIntermediateDirectories: true)
        let garbage = Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 * 31) })
        try garbage.write(to: URL(filePath: room.file))
        let error = #expect(throws: TeachError.self) { try room.teacher() }
        #expect(error == .foreign(path: room.file) && error?.category == .badInput)
        #expect(throws: TeachError.foreign(path: room.file)) { try TaughtSet.read(named: "desk", in: room.folder) }
        #expect(try Data(contentsOf: URL(filePath: room.file)) == garbage)

        try Data().write(to: URL(filePath: room.file))
        try Database(room.file, .readWrite).run("CREATE TABLE holiday (place TEXT)")
        #expect(throws: TeachError.foreign(path: room.file)) { try room.teacher() }
    }

    @Test func aTruncatedFileIsToldAsDamaged() async throws {
        let teacher = try await taught()
        teacher.close()
        let copy = room.home.file("copy.sqlite")
        try Database(room.file, .readWrite).run("VACUUM INTO '\(copy)'")
        let whole = try Data(contentsOf: URL(filePath: copy))
        for share in [0.3, 0.6, 0.95] {
            let place = "cut\(Int(share * 100))"
            let files = try room.folder.files(place)
            try files.createFolder()
            try whole.prefix(Int(Double(whole.count) * share)).write(to: URL(filePath: files.examples))
            let error = #expect(throws: TeachError.self, "\(share)") { try room.teacher(place) }
            guard case .damaged = error else {
                Issue.record("\(share): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func featuresAndPicturesThatChangedAreNoticed() async throws {
        let teacher = try await taught()
        teacher.close()
        let database = try Database(room.file, .readWrite)
        try database.run("UPDATE picture SET pixels = zeroblob(100) WHERE example = 1")
        let set = try TaughtSet.read(named: "desk", in: room.folder)
        #expect(throws: TeachError.damaged(path: room.file, reason: "the picture of example 1")) {
            _ = try set.examples.pixels(0)
        }
        try database.run("UPDATE example SET features = zeroblob(64) WHERE id = 3")
        #expect(throws: TeachError.damaged(path: room.file, reason: "example 3")) {
            let file = try SetFile(teaching: try room.folder.files("desk"), Classroom.backbone)
            _ = try Lesson(file, Classroom.backbone, clock: room.clock)
        }
    }

    @Test func aNewerFormatIsToldAndLeftAlone() async throws {
        try await taught().close()
        try Database(room.file, .readWrite).run("PRAGMA user_version = 7")
        #expect(throws: TeachError.newer(path: room.file, version: 7)) {
            try TaughtSet.read(named: "desk", in: room.folder)
        }
        #expect(throws: TeachError.newer(path: room.file, version: 7)) {
            _ = try SetFile(teaching: try room.folder.files("desk"), Classroom.backbone)
        }
    }

    @Test func anotherModelIsRefusedAndAMovedOneIsNot() async throws {
        try await taught().close()
        let files = try room.folder.files("desk")
        var other = Classroom.backbone
        other.sha256 = String(repeating: "b", count: 64)
        other.name = "other"
        let error = #expect(throws: TeachError.self) { _ = try SetFile(teaching: files, other) }
        #expect(
            error?.description
                == "'desk' was taught with another model (tiny, now other): use --model /models/tiny.onnx, "
                + "or teach another name")
        for change: (inout TaughtBackbone) -> Void in [
            { $0.width = 16 }, { $0.channels = 8 }, { $0.colour = .bgr }, { $0.preprocessing = "mean 0" },
        ] {
            var backbone = Classroom.backbone
            change(&backbone)
            #expect(throws: TeachError.self) { _ = try SetFile(teaching: files, backbone) }
        }
        var moved = Classroom.backbone
        moved.model = "/elsewhere/tiny.onnx"
        _ = try SetFile(teaching: files, moved)
        #expect(try TaughtSet.read(named: "desk", in: room.folder).backbone == moved)
    }

    @Test func picturesAreKeptWithoutLoss() {
        for (width, colours) in [(5, 3), (4, 1), (1, 3)] {
            let pixels = (0..<width * 7 * colours).map { UInt8(truncatingIfNeeded: $0 * $0 * 13) }
            let bytes = LosslessPicture.compressed(pixels, bytesPerRow: width * colours, colours: colours)
            #expect(
                LosslessPicture.pixels(bytes, count: pixels.count, bytesPerRow: width * colours, colours: colours)
                    == pixels)
            #expect(
                LosslessPicture.pixels(bytes, count: pixels.count + 1, bytesPerRow: width * colours, colours: colours)
                    == nil)
        }
    }
}
