import Serve
import TestSupport
import Testing

@testable import Teach

struct LessonTests {
    private let room: Classroom
    private let teacher: Teacher

    init() throws {
        room = try Classroom()
        teacher = try room.teacher()
    }

    private var summary: String { get async { await teacher.state.summary } }

    @Test func noneIsThereFromTheStart() async {
        let state = await teacher.state
        #expect(state.summary == "none 0" && state.undoes == nil && state.head.number == nil)
        #expect(state.head.problem == "two classes with 5 examples each are needed")
    }

    @Test func namesAreTrimmedCheckedAndThereOnce() async throws {
        let id = try await teacher.addClass(named: "  Cup \n")
        #expect(await summary == "none 0, Cup 0")
        await #expect(throws: TeachRefusal.conflict("there is a class Cup already")) {
            _ = try await teacher.addClass(named: "cUP")
        }
        let marked = "e" + String(repeating: "\u{301}", count: 256)
        for bad in ["", "   ", String(repeating: "x", count: 65), marked, "a\nb", "a\u{202E}b", "a\tb"] {
            await #expect(throws: TeachRefusal.self) { _ = try await teacher.addClass(named: bad) }
        }
        // Its own name in other letters is no conflict.
        try await teacher.renameClass(id, to: "cup")
        #expect(await summary == "none 0, cup 0")
        await #expect(throws: TeachRefusal.missing("there is no class 99")) {
            try await teacher.renameClass(99, to: "x")
        }
    }

    @Test func aHeldBurstIsOneStep() async throws {
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 3)
        #expect(await teacher.state.undoes == "3 examples of cup")
        room.pause()
        try await room.teach(teacher, cup)
        #expect(await teacher.state.undoes == "1 example of cup")
        try await teacher.undo()
        #expect(await summary == "none 0, cup 3")
        try await teacher.undo()
        #expect(await summary == "none 0, cup 0")
        try await teacher.undo()
        #expect(await summary == "none 0")
        await #expect(throws: TeachRefusal.conflict("there is nothing to undo")) { try await teacher.undo() }
    }

    @Test func twoWhoHoldTwoClassesMakeTwoSteps() async throws {
        let cup = try await teacher.addClass(named: "cup")
        for _ in 0..<3 {
            try await room.teach(teacher, cup)
            try await room.teach(teacher, 1)
        }
        try await teacher.undo()
        #expect(await summary == "none 0, cup 3")
        try await teacher.undo()
        #expect(await summary == "none 0, cup 0")
    }

    @Test func eachKindOfChangeIsUndone() async throws {
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 3)
        try await room.teach(teacher, 1, count: 2)
        let before = try await teacher.examples(ofClass: cup, from: 0, count: 10)

        try await teacher.removeExample(before[1])
        #expect(await teacher.thumbnail(ofExample: before[1]) == nil)
        #expect(await teacher.state.undoes == "the removal of an example of cup")
        try await teacher.renameClass(cup, to: "mug")
        #expect(await teacher.state.undoes == "the name mug in place of cup")
        try await teacher.removeClass(cup)
        #expect(await summary == "none 2")
        #expect(await teacher.state.undoes == "the removal of mug")
        try await teacher.clear()
        #expect(await summary == "none 0")
        #expect(await teacher.state.undoes == "the removal of everything")

        try await teacher.undo()
        #expect(await summary == "none 2")
        try await teacher.undo()
        #expect(await summary == "none 2, mug 2")
        try await teacher.undo()
        #expect(await summary == "none 2, cup 2")
        try await teacher.undo()
        #expect(try await teacher.examples(ofClass: cup, from: 0, count: 10) == before)
        #expect(await teacher.thumbnail(ofExample: before[1]) != nil)
    }

    @Test func clearLeavesNoneAlsoWhereItWasRemoved() async throws {
        try await teacher.clear()
        #expect(await teacher.state.undoes == nil)
        _ = try await teacher.addClass(named: "cup")
        try await teacher.removeClass(1)
        try await teacher.clear()
        #expect(await summary == "none 0")
        try await teacher.undo()
        #expect(await summary == "cup 0")
    }

    @Test func numbersAreNeverUsedAgain() async throws {
        let cup = try await teacher.addClass(named: "cup")
        let first = try await room.teach(teacher, cup)
        try await teacher.undo()
        try await teacher.undo()
        let mug = try await teacher.addClass(named: "mug")
        #expect(mug > cup)
        #expect(try await room.teach(teacher, mug) == .added(id: 2) && first == .added(id: 1))
    }

    @Test func nearlyTheSamePictureIsLeftOutOfItsClassAlone() async throws {
        let cup = try await teacher.addClass(named: "cup")
        let picture = room.picture()
        #expect(try await room.teach(teacher, cup, picture) == .added(id: 1))
        #expect(try await room.teach(teacher, cup, picture) == .known(id: 1))
        #expect(try await room.teach(teacher, 1, picture) == .added(id: 2))
        #expect(await summary == "none 1, cup 1")
        #expect(try await room.teach(teacher, cup) == .added(id: 3))
    }

    @Test func examplesAreListedTheNewestFirstInParts() async throws {
        try await room.teach(teacher, 1, count: 4)
        #expect(try await teacher.examples(ofClass: 1, from: 1, count: 2) == [3, 2])
        #expect(try await teacher.examples(ofClass: 1, from: 4, count: 2) == [])
        await #expect(throws: TeachRefusal.self) { _ = try await teacher.examples(ofClass: 1, from: -1, count: 2) }
        await #expect(throws: TeachRefusal.self) { _ = try await teacher.examples(ofClass: 7, from: 0, count: 2) }
    }

    @Test func limitsHold() async throws {
        let small = try room.teacher("small", limits: TeachLimits(examples: 3, classes: 2, steps: 2))
        let cup = try await small.addClass(named: "cup")
        await #expect(throws: TeachRefusal.self) { _ = try await small.addClass(named: "mug") }
        try await room.teach(small, cup, count: 3)
        await #expect(throws: TeachRefusal.self) { try await room.teach(small, cup) }
        try await small.removeExample(1)
        try await small.removeExample(2)
        try await small.undo()
        try await small.undo()
        // The steps before the last two are forgotten.
        await #expect(throws: TeachRefusal.conflict("there is nothing to undo")) { try await small.undo() }
        #expect(await small.state.summary == "none 0, cup 3")
    }

    @Test func whatCouldBeUndoneGivesWayWhereTheDiskIsFull() async throws {
        try await room.teach(teacher, 1, count: 1)
        teacher.close()
        let size = try SetFile(reading: try room.folder.files("desk")).bytes()
        let full = try Classroom(room.home).teacher("desk", limits: TeachLimits(bytes: size + 200))
        await #expect(throws: TeachRefusal.conflict("the set is full: it takes 0 MB on the disk, and may take no more"))
        {
            try await room.teach(full, 1)
        }
    }
}
