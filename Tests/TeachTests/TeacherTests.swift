import Dispatch
import Fit
import Foundation
import Infer
import Pipeline
import Serve
import Synchronization
import TestSupport
import Testing

@testable import Teach

struct TeacherTests {
    private let room: Classroom

    init() throws { room = try Classroom() }

    @Test func aHeadHoldsFromTwoClassesWithFiveExamplesOn() async throws {
        let teacher = try room.teacher()
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 4)
        teacher.wait()
        #expect(teacher.head == nil)
        try await room.teach(teacher, 1)
        teacher.wait()
        let head = try #require(teacher.head)
        #expect(head.labels == ["none", "cup"] && head.weights.count == 2 * 16)
        let state = await teacher.state
        #expect(state.head.number == head.number && !state.head.isFitting && state.head.problem == nil)
        #expect(room.states.withLock { $0.last } == state)

        // A class with too few examples is left out, and one with enough comes in.
        let mug = try await teacher.addClass(named: "mug")
        try await room.teach(teacher, mug, count: 4)
        teacher.wait()
        #expect(teacher.head?.labels == ["none", "cup"])
        try await room.teach(teacher, mug)
        teacher.wait()
        #expect(teacher.head?.labels == ["none", "cup", "mug"])
        // It tells the kinds apart.
        let last = try #require(teacher.head)
        for (label, id) in [1, cup, mug].enumerated() {
            let features = room.picture(kind: id).features
            var scores = last.bias
            for row in 0..<3 {
                for column in 0..<16 { scores[row] += last.weights[row * 16 + column] * features[column] }
            }
            #expect(scores.firstIndex(of: scores.max()!) == label)
        }

        try await teacher.removeClass(mug)
        try await teacher.removeClass(cup)
        teacher.wait()
        #expect(teacher.head == nil)
        #expect(await teacher.state.head.number == nil)
    }

    @Test func aNewNameHoldsAtOnceWithoutAFit() async throws {
        let fits = Mutex(0)
        let teacher = try room.teacher(fit: { (features, examples, classes, former, isCancelled) throws(HeadError) in
            fits.withLock { $0 += 1 }
            return try HeadKeeper.usualFit(features, examples, classes, former, isCancelled)
        })
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 5)
        teacher.wait()
        let before = fits.withLock { $0 }
        let number = try #require(teacher.head?.number)
        try await teacher.renameClass(cup, to: "mug")
        #expect(teacher.head?.labels == ["none", "mug"] && teacher.head!.number > number)
        teacher.wait()
        #expect(fits.withLock { $0 } == before)
    }

    @Test func changesDuringAFitAreFittedOnceAndTheNewestWins() async throws {
        let begun = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        let sizes = Mutex<[Int]>([])
        let teacher = try room.teacher(fit: { (features, examples, classes, former, isCancelled) throws(HeadError) in
            sizes.withLock { $0.append(features.count) }
            begun.signal()
            goOn.wait()
            return try HeadKeeper.usualFit(features, examples, classes, former, isCancelled)
        })
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 5)
        await blocking { begun.wait() }
        #expect(await teacher.state.head.isFitting)
        try await room.teach(teacher, 1, count: 4)
        goOn.signal()
        goOn.signal()
        await blocking { teacher.wait() }
        #expect(sizes.withLock { $0 } == [10, 14])
        #expect(await teacher.state.head.isFitting == false)
    }

    @Test func aHeadOfAClassThatIsGoneNeverHolds() async throws {
        let begun = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        let teacher = try room.teacher(fit: { (features, examples, classes, former, isCancelled) throws(HeadError) in
            begun.signal()
            goOn.wait()
            return try HeadKeeper.usualFit(features, examples, classes, former, isCancelled)
        })
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 5)
        await blocking { begun.wait() }
        try await teacher.removeClass(cup)
        goOn.signal()
        await blocking { teacher.wait() }
        #expect(teacher.head == nil)
        // What comes back is fitted again.
        try await teacher.undo()
        goOn.signal()
        await blocking { teacher.wait() }
        #expect(teacher.head?.labels == ["none", "cup"])
    }

    @Test func aFitThatFailsIsToldAndTheFormerHeadStays() async throws {
        let fails = Atomic(false)
        let teacher = try room.teacher(fit: { (features, examples, classes, former, isCancelled) throws(HeadError) in
            if fails.load(ordering: .acquiring) { throw .solver(code: -1) }
            return try HeadKeeper.usualFit(features, examples, classes, former, isCancelled)
        })
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 5)
        teacher.wait()
        let head = try #require(teacher.head)
        fails.store(true, ordering: .releasing)
        try await room.teach(teacher, cup)
        teacher.wait()
        #expect(teacher.head == head)
        #expect(await teacher.state.head.problem?.contains("no minimum") == true)
    }

    @Test func manyWhoTeachAtOnceLoseNothing() async throws {
        let teacher = try room.teacher()
        let cup = try await teacher.addClass(named: "cup")
        let taken = await withTaskGroup(of: TakenExample?.self) { group in
            for number in 0..<60 {
                group.addTask { try? await teacher.take(forClass: number % 2 == 0 ? 1 : cup) }
            }
            var taken: [TakenExample] = []
            // Pictures come as long as somebody waits.
            let isDone = Mutex(false)
            let camera = Task {
                while !isDone.withLock({ $0 }) {
                    if teacher.wantsPicture { teacher.take(room.picture()) }
                    await Task.yield()
                }
            }
            for await one in group { if let one { taken.append(one) } }
            isDone.withLock { $0 = true }
            await camera.value
            return taken
        }
        let ids = taken.compactMap { if case .added(let id) = $0 { id } else { nil } }
        #expect(ids.count == 60 && Set(ids).count == 60)
        #expect(await teacher.state.summary == "none 30, cup 30")
        teacher.close()
        let again = try Classroom(room.home).teacher()
        #expect(await again.state.summary == "none 30, cup 30")
    }

    @Test func onePictureServesTheFirstOfEachClass() throws {
        let requests = PictureRequests(after: { _, _ in })
        for id in [1, 1, 2] { requests.add(forClass: id) { _ in } }
        #expect(requests.served().map(\.classID) == [1, 2] && requests.areWaiting)
        #expect(requests.served().map(\.classID) == [1] && !requests.areWaiting)
    }

    @Test func withoutPicturesTheCallerIsRefusedInTime() async throws {
        let teacher = try room.teacher()
        let asked = Task {
            await #expect(throws: TeachRefusal.conflict("no picture comes")) {
                _ = try await teacher.take(forClass: 1)
            }
        }
        while !teacher.wantsPicture { await Task.yield() }
        var timers: [@Sendable () -> Void] = []
        while timers.isEmpty {
            timers = room.timers.withLock { $0 }
            await Task.yield()
        }
        timers[0]()
        _ = await asked.value
        #expect(!teacher.wantsPicture)
    }

    @Test func picturesOfAnotherModelAndNoNumbersAreRefused() async throws {
        let teacher = try room.teacher()
        let good = room.picture()
        let narrow = TaughtPicture(features: [1, 2], pixels: good.pixels, seconds: 0)
        await #expect(throws: TeachRefusal.self) { try await room.teach(teacher, 1, narrow) }
        var features = good.features
        features[3] = .nan
        let broken = TaughtPicture(features: features, pixels: good.pixels, seconds: 0)
        await #expect(throws: TeachRefusal.self) { try await room.teach(teacher, 1, broken) }
        #expect(await teacher.state.summary == "none 0")
    }

    @Test func whenItIsClosedAllAreRefused() async throws {
        let teacher = try room.teacher()
        let asked = Task {
            await #expect(throws: TeachRefusal.conflict("teaching has ended")) {
                _ = try await teacher.take(forClass: 1)
            }
        }
        while !teacher.wantsPicture { await Task.yield() }
        teacher.close()
        _ = await asked.value
        await #expect(throws: TeachRefusal.conflict("teaching has ended")) { try await teacher.undo() }
    }

    @Test func thumbnailsAreSmallJPEGsInTheRightColours() throws {
        var pixels: [UInt8] = []
        for _ in 0..<200 * 300 { pixels += [250, 10, 10] }
        for (colour, isRed) in [(ModelCard.Colour.rgb, true), (.bgr, false)] {
            let jpeg = try Thumbnail(width: 300, height: 200, colour).jpeg(pixels)
            #expect(jpeg.prefix(3) == [0xff, 0xd8, 0xff] && jpeg.count < 3000)
            let frame = jpeg.indices.first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 }!
            #expect(jpeg[frame + 6] == 64 && jpeg[frame + 8] == 96)
            // The other order of colours is another picture.
            var swapped: [UInt8] = []
            for _ in 0..<200 * 300 { swapped += [10, 10, 250] }
            #expect(jpeg == (try Thumbnail(width: 300, height: 200, isRed ? .bgr : .rgb).jpeg(swapped)))
        }
    }

    // MARK: Models

    @Test func aModelIsMadeOfWhatThereIsAndServed() async throws {
        let seen = Mutex<TaughtExamples?>(nil)
        let teacher = try room.teacher(make: { examples, step, _ in
            step("features 1 of 2")
            seen.withLock { $0 = examples }
            return Classroom.made
        })
        await #expect(throws: TeachRefusal.conflict(HeadKeeper.problem)) { try await teacher.makeModel() }
        #expect(await teacher.made(.model) == nil)
        let cup = try await teacher.addClass(named: "cup")
        let picture = room.picture(kind: cup)
        try await room.teach(teacher, cup, picture)
        try await room.teach(teacher, cup, count: 4)
        room.pause()
        try await room.teach(teacher, 1, count: 5)
        room.pause()
        try await room.teach(teacher, 1, count: 1)
        _ = try await room.teach(teacher, try await teacher.addClass(named: "few"))
        try await teacher.makeModel()
        await blocking { teacher.waitForModel() }

        let state = await teacher.state.model
        #expect(!state.isBeingMade && state.accuracy == 0.75 && state.problem == nil)
        #expect(state.madeAt == Double(room.clock.wallTime) / 1e6)
        #expect(room.states.withLock { $0.contains { $0.model.step == "features 1 of 2" } })
        let examples = try #require(seen.withLock { $0 })
        #expect(
            examples.classes == ["none", "cup"] && examples.entries.map(\.label) == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
        #expect(examples.entries[0].name == "cup 1" && Set(examples.entries.map(\.group)).count == 3)
        #expect(try examples.pixels(0) == picture.pixels)
        for (file, text) in [(TaughtFile.model, "model"), (.report, "page"), (.numbers, "numbers")] {
            let made = try #require(await teacher.made(file))
            #expect(try String(contentsOfFile: made.path, encoding: .utf8) == text)
            let mode = try FileManager.default.attributesOfItem(atPath: made.path)[.posixPermissions] as? Int
            #expect(mode == 0o600 && made.name.hasPrefix("desk."))
        }
        // As the clock of the test has it.
        let time = Date(timeIntervalSince1970: Double(room.clock.wallTime) / 1e6)
        let model = room.folder.path + "/desk/desk.onnx"
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: model)
        await blocking { teacher.close() }
        let again = try Classroom(room.home).teacher()
        #expect(await again.state.model == state)
        #expect(await again.made(.report)?.name == "desk.report.html")

        // A newer one, of which a killed process could not tell any more.
        await blocking { again.close() }
        try FileManager.default.setAttributes([.modificationDate: time + 1000], ofItemAtPath: model)
        let third = try Classroom(room.home).teacher()
        #expect(await third.state.model == TeachState.Model(madeAt: time.timeIntervalSince1970 + 1000))
    }

    @Test func oneModelIsMadeAtATimeAndFailuresAreTold() async throws {
        let begun = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        let teacher = try room.teacher(make: { _, _, _ in
            begun.signal()
            goOn.wait()
            throw HeadError.oneClass
        })
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 5)
        try await teacher.makeModel()
        await blocking { begun.wait() }
        await #expect(throws: TeachRefusal.conflict("a model is being made already")) { try await teacher.makeModel() }
        goOn.signal()
        await blocking { teacher.waitForModel() }
        let state = await teacher.state.model
        #expect(!state.isBeingMade && state.step == nil && state.problem == "\(HeadError.oneClass)")
    }

    @Test func whatIsBeingMadeIsGivenUpAtTheEnd() async throws {
        let begun = DispatchSemaphore(value: 0)
        let wasCancelled = Atomic(false)
        let teacher = try room.teacher(make: { _, _, isCancelled in
            begun.signal()
            while !isCancelled() { sched_yield() }
            wasCancelled.store(true, ordering: .releasing)
            return Classroom.made
        })
        let cup = try await teacher.addClass(named: "cup")
        try await room.teach(teacher, cup, count: 5)
        try await room.teach(teacher, 1, count: 5)
        try await teacher.makeModel()
        await blocking { begun.wait() }
        await blocking { teacher.close() }
        let gaveUp = wasCancelled.load(ordering: .acquiring)
        #expect(gaveUp)
        #expect(await teacher.made(.model) == nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: room.folder.path + "/desk").allSatisfy {
                !$0.contains("onnx")
            })
    }

    /// Waits on a thread of its own, not on the pool's.
    private func blocking(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread {
                body()
                continuation.resume()
            }.start()
        }
    }
}
