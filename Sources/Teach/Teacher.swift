package import Fit
package import Infer
import Live
import Pipeline
package import Serve
import Synchronization

/// A set that is taught: what the server asks, what the camera asks, and the head in between.
///
/// The thread "teach" alone touches the set, in the order in which it was asked; heads are fitted on "fit", models made on
/// "make". Nothing here blocks who brings pictures.
package final class Teacher: ServedTeaching, LiveTeacher {
    /// Makes a model, and tells the steps of it for people; on a thread of its own.
    package typealias Make =
        @Sendable (
            _ examples: TaughtExamples, _ step: @escaping @Sendable (String) -> Void,
            _ isCancelled: @escaping @Sendable () -> Bool
        ) throws -> MadeModel

    private let files: SetFiles
    /// nil: it is closed.
    private let lock: Mutex<SetLock?>
    private let lesson: Lesson
    private let thumbnails: Mutex<Thumbnail>
    private let keeper: HeadKeeper
    private let maker: ModelMaker
    private let requests: PictureRequests
    private let thread: StageThread
    private let publisher: Publisher
    private let clock: any SystemClock
    private let isClosed = Atomic(false)

    /// Opens a set, or begins it; a head is fitted to what there is.
    ///
    /// - Parameters:
    ///   - name: see `TeachFolder.allowed`.
    ///   - onChange: is told of the state after each change, one after the other, on some thread; it must return soon.
    /// - Throws: `TeachError`.
    package convenience init(
        _ folder: TeachFolder, named name: String, backbone: TaughtBackbone, make: @escaping Make,
        onChange: @escaping @Sendable (TeachState) -> Void
    ) throws(TeachError) {
        try self.init(
            folder, named: name, backbone: backbone, limits: TeachLimits(), clock: LinuxClock(),
            fit: HeadKeeper.usualFit, after: PictureRequests.usualTimer, make: make, onChange: onChange)
    }

    init(
        _ folder: TeachFolder, named name: String, backbone: TaughtBackbone, limits: TeachLimits,
        clock: any SystemClock, fit: @escaping HeadKeeper.Fit, after: @escaping PictureRequests.Timer,
        make: @escaping Make, onChange: @escaping @Sendable (TeachState) -> Void
    ) throws(TeachError) {
        files = try folder.files(name)
        try files.createFolder()
        lock = Mutex(try SetLock(files))
        files.removeUnfinished()
        let file = try SetFile(teaching: files, backbone)
        let facts = try file.facts()
        let lesson = try Lesson(file, backbone, limits: limits, clock: clock)
        self.lesson = lesson
        self.clock = clock
        do throws(FFmpegError) {
            thumbnails = Mutex(
                try Thumbnail(width: backbone.width, height: backbone.height, backbone.colour))
        } catch {
            throw .cannotWrite(path: files.examples, reason: "\(error)")
        }
        let publisher = Publisher(
            TeachState(
                name: name, backbone: backbone.name, classes: [], maximumExamples: limits.examples,
                fewestExamples: TeachLimits.fewest), onChange: onChange)
        self.publisher = publisher
        requests = PictureRequests(after: after)
        do throws(LackOfResources) {
            thread = try StageThread("teach")
            let keeper = try HeadKeeper(width: backbone.channels, clock: clock, fit: fit) { publisher.publish() }
            let maker = try ModelMaker(files, folder, clock: clock, facts: facts, make: make) { publisher.publish() }
            (self.keeper, self.maker) = (keeper, maker)
            publisher.follow { [weak keeper, weak maker] state in
                if let keeper { state.head = keeper.told }
                if let maker { state.model = maker.told }
            }
        } catch {
            throw .resources(error)
        }
        changed()
    }

    /// Ends it: whoever waits is refused, nothing is fitted or made any more. What was confirmed is on the disk already.
    package func close() {
        isClosed.store(true, ordering: .releasing)
        requests.close()
        keeper.close()
        maker.close()
        // A change that has begun becomes whole; then others may teach the set.
        if thread.wait(within: .seconds(2)) { lock.withLock { $0 = nil } }
    }

    // MARK: The camera

    package var head: TaughtHead? { keeper.head }

    package var wantsPicture: Bool { requests.areWaiting }

    package var progress: TeachState { publisher.state }

    package func take(_ picture: TaughtPicture) {
        for request in requests.served() {
            thread.run { [self] in
                let result = kept(picture, classID: request.classID)
                if case .success(.known) = result {} else { changed() }
                request.answer(result)
            }
        }
    }

    private func kept(_ picture: TaughtPicture, classID: Int) -> Result<TakenExample, TeachRefusal> {
        do throws(TeachRefusal) {
            let backbone = lesson.backbone
            guard picture.features.count == backbone.channels, picture.pixels.count == backbone.pixelBytes else {
                throw .conflict("the picture was looked at by another model than \(backbone.name)")
            }
            guard picture.features.allSatisfy(\.isFinite) else {
                throw .conflict("the model's features of this picture are no finite numbers")
            }
            try lesson.checkRoom(forClass: classID)
            if let id = lesson.known(picture, classID: classID) { return .success(.known(id: id)) }
            let thumbnail = thumbnails.withLock { try? $0.jpeg(picture.pixels) }
            guard let thumbnail else { throw .storage("the picture cannot be made small: memory is short") }
            let colours = backbone.coloursOfPixel
            let pixels = LosslessPicture.compressed(
                picture.pixels, bytesPerRow: backbone.width * colours, colours: colours)
            return .success(
                .added(
                    id: try lesson.add(picture.features, pixels: pixels, thumbnail: thumbnail, classID: classID)))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Viewers

    package var state: TeachState {
        get async { publisher.state }
    }

    package func take(forClass id: Int) async throws(TeachRefusal) -> TakenExample {
        try await read { (lesson) throws(TeachRefusal) in try lesson.checkRoom(forClass: id) }
        let result = await withCheckedContinuation { continuation in
            requests.add(forClass: id) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    package func addClass(named name: String) async throws(TeachRefusal) -> Int {
        try await change { (lesson) throws(TeachRefusal) in try lesson.addClass(named: name) }
    }

    package func renameClass(_ id: Int, to name: String) async throws(TeachRefusal) {
        try await change { (lesson) throws(TeachRefusal) in try lesson.renameClass(id, to: name) }
    }

    package func removeClass(_ id: Int) async throws(TeachRefusal) {
        try await change { (lesson) throws(TeachRefusal) in try lesson.removeClass(id) }
    }

    package func examples(ofClass id: Int, from: Int, count: Int) async throws(TeachRefusal) -> [Int] {
        try await read { (lesson) throws(TeachRefusal) in
            try lesson.examples(ofClass: id, from: from, count: count)
        }
    }

    package func removeExample(_ id: Int) async throws(TeachRefusal) {
        try await change { (lesson) throws(TeachRefusal) in try lesson.removeExample(id) }
    }

    package func undo() async throws(TeachRefusal) {
        try await change { (lesson) throws(TeachRefusal) in try lesson.undo() }
    }

    package func clear() async throws(TeachRefusal) {
        try await change { (lesson) throws(TeachRefusal) in try lesson.clear() }
    }

    package func thumbnail(ofExample id: Int) async -> [UInt8]? {
        await onThread { lesson in (try? lesson.thumbnail(id)) ?? nil }
    }

    package func makeModel() async throws(TeachRefusal) {
        try await read { [maker] (lesson) throws(TeachRefusal) in
            guard lesson.learntClasses.count >= 2 else { throw .conflict(HeadKeeper.problem) }
            try maker.begin(keep: { [weak self] facts in self?.keep(facts) })
        }
        publisher.publish()
    }

    package func made(_ file: TaughtFile) async -> (path: String, name: String)? { maker.made(file) }

    // MARK: The thread

    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (Lesson) throws(TeachRefusal) -> Value
    ) async throws(TeachRefusal) -> Value {
        try await ask(body) { [self] in changed() }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Lesson) throws(TeachRefusal) -> Value
    ) async throws(TeachRefusal) -> Value {
        try await ask(body) {}
    }

    private func ask<Value: Sendable>(
        _ body: @escaping @Sendable (Lesson) throws(TeachRefusal) -> Value,
        afterwards: @escaping @Sendable () -> Void
    ) async throws(TeachRefusal) -> Value {
        if isClosed.load(ordering: .acquiring) { throw .conflict("teaching has ended") }
        let result: Result<Value, TeachRefusal> = await onThread { lesson in
            // Also where it failed: the state says why.
            defer { afterwards() }
            do throws(TeachRefusal) { return .success(try body(lesson)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable (Lesson) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            thread.run { [lesson] in continuation.resume(returning: body(lesson)) }
        }
    }

    /// Has a head fitted to what there is now, and tells of it. On the thread "teach", or before it begins.
    private func changed() {
        let learnt = lesson.learntClasses
        let ids = Set(learnt.map(\.id))
        keeper.learn(
            HeadKeeper.Material(
                classIDs: learnt.map(\.id), names: learnt.map(\.name),
                examples: learnt.count < 2 ? [] : lesson.examples.filter { ids.contains($0.classID) },
                version: lesson.version, changed: clock.monotonicTime))
        let counts = lesson.counts
        let classes = lesson.classes.map {
            TeachState.Class(id: $0.id, name: $0.name, examples: counts[$0.id] ?? 0)
        }
        publisher.publish { [undoes = lesson.undoes, problem = lesson.problem] state in
            (state.classes, state.undoes, state.problem) = (classes, undoes, problem)
        }
    }

    /// Keeps what is known of a model that was made.
    private func keep(_ facts: [(key: String, value: String)]) {
        thread.run { [self] in
            do throws(TeachError) {
                try lesson.keep(facts)
            } catch {
                lesson.note(error)
                changed()
            }
        }
    }

    /// Blocks until all that was asked for is done, heads included; for tests.
    func wait() {
        _ = thread.wait()
        keeper.wait()
    }

    /// Blocks until the model that was begun is made, and known to the set; for tests.
    func waitForModel() {
        maker.wait()
        _ = thread.wait()
    }
}
