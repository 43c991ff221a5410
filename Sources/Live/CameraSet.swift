package import Pipeline
package import Serve
import Synchronization

/// The cameras of a process. Each runs by itself; they come, change and go as settings are read again.
package final class CameraSet: Sendable {
    /// Makes a camera that is not run yet.
    package typealias Make = @Sendable (NamedCamera) -> CameraRun

    private struct Member: Sendable {
        var settings: NamedCamera
        let camera: CameraRun
        let thread: StageThread

        var served: ServedCamera {
            camera.hub.served(isRequired: settings.isRequired, teaching: camera.teaching?.served)
        }
    }

    private struct State {
        var members: [Member]
        /// Those that are told to end, and have not.
        var leaving: [CameraRun] = []
        /// How many have not ended.
        var running = 0
        var isOver = false
    }

    /// How often each is asked whether it gets on.
    private static let watchPause = Duration.seconds(1)
    /// How often a camera that came asks whether those that it follows have ended.
    private static let followPause = Duration.milliseconds(20)

    /// What the server shows.
    package let served: ServedCameras
    private let make: Make
    private let state: Mutex<State>
    private let starts: AsyncStream<Member>
    private let start: AsyncStream<Member>.Continuation

    /// - Parameter cameras: validated; one without a name is alone.
    /// - Throws: `LackOfResources`.
    package init(_ cameras: [NamedCamera], make: @escaping Make) throws(LackOfResources) {
        var members: [Member] = []
        for camera in cameras {
            members.append(Member(settings: camera, camera: make(camera), thread: try StageThread("run")))
        }
        self.make = make
        served = ServedCameras(members.map(\.served))
        state = Mutex(State(members: members, running: members.count))
        (starts, start) = AsyncStream.makeStream()
        for member in members { start.yield(member) }
    }

    /// How things are, for people.
    package var line: String { all.map(\.line).joined(separator: "; ") }

    /// Pictures and slates of all that went through to the end.
    package var picturesShown: Int { all.reduce(0) { $0 + $1.picturesShown } }

    private var all: [CameraRun] { state.withLock { $0.members.map(\.camera) } }

    /// Runs all until each has ended.
    ///
    /// - Throws: why the camera without a name cannot go on; others tell it, and try again.
    package func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await self.watch() }
            for await member in starts {
                // A thread of its own: to open an input, to load a model and to complete files takes long.
                group.addTask(executorPreference: member.thread) { try await self.run(member) }
            }
            group.cancelAll()
        }
    }

    /// Ends all soon.
    package func stop() {
        let cameras = state.withLock { state in
            state.isOver = true
            return state.members.map(\.camera) + state.leaving
        }
        for camera in cameras { camera.stop() }
    }

    /// Takes other settings: cameras come, change and go one by one, those with the same settings are left alone. For one
    /// caller at a time.
    ///
    /// - Returns: whether anything has changed.
    /// - Throws: what is wrong with them, as far as the cameras that run can tell; then nothing has changed.
    package func follow(_ cameras: [NamedCamera]) throws -> Bool {
        let known = state.withLock { $0.members }
        for settings in cameras {
            try known.first { $0.settings.name == settings.name }?.camera.check(settings.config)
        }
        // Where there is no room for them, nothing is begun.
        var threads: [String: StageThread] = [:]
        for settings in cameras where !known.contains(where: { $0.settings.name == settings.name }) {
            threads[settings.name] = try StageThread("run")
        }
        var (members, came): ([Member], [Member]) = ([], [])
        for settings in cameras {
            if var member = known.first(where: { $0.settings.name == settings.name }) {
                member.settings = settings
                members.append(member)
            } else if let thread = threads[settings.name] {
                let new = Member(settings: settings, camera: make(settings), thread: thread)
                members.append(new)
                came.append(new)
            }
        }
        let gone = known.filter { old in !cameras.contains { $0.name == old.settings.name } }
        let isOver = state.withLock { state in
            guard !state.isOver else { return true }
            state.members = members
            state.leaving += gone.map(\.camera)
            state.running += came.count
            return false
        }
        if isOver { return false }
        served.set(members.map(\.served))
        for member in gone { member.camera.leave() }
        for member in came {
            member.camera.noteArrival()
            start.yield(member)
        }
        var hasChanged = !gone.isEmpty || !came.isEmpty || members.map(\.settings) != known.map(\.settings)
        for member in members where !came.contains(where: { $0.camera === member.camera }) {
            if member.camera.follow(member.settings.config) { hasChanged = true }
        }
        return hasChanged
    }

    private func run(_ member: Member) async throws {
        defer { noteEnd(member.camera) }
        // What they have opened may be what it wants.
        let before = state.withLock { $0.leaving }
        while !isLeaving(member.camera), before.contains(where: isLeaving), !state.withLock({ $0.isOver }) {
            try? await Task.sleep(for: Self.followPause)
        }
        if member.settings.name.isEmpty { try await member.camera.run() } else { await member.camera.runAmongOthers() }
    }

    private func isLeaving(_ camera: CameraRun) -> Bool {
        state.withLock { state in state.leaving.contains { $0 === camera } }
    }

    private func noteEnd(_ camera: CameraRun) {
        let (isGone, isLast) = state.withLock { state in
            let isGone = state.leaving.contains { $0 === camera }
            state.leaving.removeAll { $0 === camera }
            state.running -= 1
            return (isGone, state.running == 0)
        }
        if isGone { camera.forgetMeasurements() }
        if isLast { start.finish() }
    }

    /// Looks whether each gets on.
    private func watch() async {
        while (try? await Task.sleep(for: Self.watchPause)) != nil {
            for camera in all { camera.checkProgress() }
        }
    }
}
