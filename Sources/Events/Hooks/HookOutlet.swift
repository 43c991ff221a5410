import Dispatch
import Encode
import Foundation
package import Logging
package import Pipeline
package import Serve
import Synchronization

/// Does what hooks say. Each of their kinds has threads and bounds of its own, so that none of them holds up pictures or another one.
package final class HookOutlet: EventOutlet {
    private struct State {
        /// A trigger for each hook, by the camera.
        var triggers: [String: [HookTrigger]] = [:]
        var access: [String: CameraAccess] = [:]
        /// By the number of the hook.
        var clips: [String: [Int: ClipWriter]] = [:]
    }

    /// A snapshot or a recording that waits.
    private struct Job: Sendable {
        let kind: HookCounts.Kind
        let work: @Sendable () -> Void
    }

    /// Jobs that wait.
    static let queueLength = 64

    private let hooks: [HookConfig]
    private let counts: HookCounts
    private let programs: ProgramPool?
    /// By the number of the hook.
    private let posts: [Int: WebhookQueue]
    private let others: WorkQueue<Job>
    /// Waits for what cameras answer.
    private let asking: StageThread
    private let log: Logger
    private let environment: [String: String]
    private let state = Mutex(State())

    /// - Parameter program: name and version.
    /// - Throws: `EventsError` if a secret cannot be had, `LackOfResources`.
    package init(
        _ hooks: [HookConfig], program: String, metrics: Metrics, _ log: Logger,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let counts = HookCounts(metrics)
        (self.hooks, self.counts, self.log, self.environment) = (hooks, counts, log, environment)
        let hasPrograms = hooks.contains { if case .run = $0.action { true } else { false } }
        programs = hasPrograms ? try ProgramPool(counts, log) : nil
        var posts: [Int: WebhookQueue] = [:]
        for (number, hook) in hooks.enumerated() {
            guard case .post(let address, let secretFile) = hook.action else { continue }
            let isOver = RaisedFlag()
            let key = try secretFile.map { file throws(EventsError) in
                try EventSecret.ofFile(file, key: "on.\(number).do.secret-file")
            }
            let webhook = Webhook(address: address, key: key, program: program, isOver: isOver)
            posts[number] = try WebhookQueue(
                counts, log, shownAddress: Self.host(of: address), isOver: isOver, post: { webhook.post($0) })
        }
        self.posts = posts
        asking = try StageThread("hooks-ask")
        others = try WorkQueue("hooks", capacity: Self.queueLength) { job in
            job.work()
        } onLoss: { job, _ in
            counts.lose(job.kind)
        }
    }

    package var status: LiveState.Outlet? {
        let sums = counts.sums
        return LiveState.Outlet(
            name: "hooks", isConnected: true,
            waiting: others.count + posts.values.reduce(0) { $0 + $1.count } + (programs?.running ?? 0),
            sent: sums.done,
            lost: sums.failed + sums.lost)
    }

    package func secondsKept(of camera: String) -> Double? { hooks.compactMap { $0.clip(of: camera)?.before }.max() }

    package func add(_ camera: CameraAccess) {
        let clips = openClips(of: camera)
        state.withLock { state in
            state.clips[camera.name] = clips
            state.triggers[camera.name] = hooks.map { HookTrigger($0, camera: camera.name) }
            state.access[camera.name] = camera
        }
    }

    package func remove(_ camera: CameraAccess) {
        let clips = state.withLock { state -> [Int: ClipWriter] in
            guard state.access[camera.name]?.number == camera.number else { return [:] }
            (state.triggers[camera.name], state.access[camera.name]) = (nil, nil)
            return state.clips.removeValue(forKey: camera.name) ?? [:]
        }
        for clip in clips.values { later(.clip) { clip.finish(within: Self.timeToComplete) } }
    }

    /// Of clips whose camera goes.
    private static let timeToComplete = Duration.seconds(5)

    private func openClips(of camera: CameraAccess) -> [Int: ClipWriter] {
        guard let recent = camera.recent else { return [:] }
        var clips: [Int: ClipWriter] = [:]
        for (number, hook) in hooks.enumerated() {
            guard let config = hook.clip(of: camera.name) else { continue }
            do throws(EncodeError) {
                clips[number] = try ClipWriter(config, ring: recent) { [counts, log] event in
                    switch event {
                    case .finished, .keptInFragments: counts.done(.clip)
                    case .paused, .notCompleted: counts.fail(.clip)
                    default: break
                    }
                    log.log(level: event.isLoss ? .warning : .info, "a hook's clip: \(event)")
                }
            } catch {
                counts.fail(.clip)
                log.warning("a hook can write no clips: \(error)")
            }
        }
        return clips
    }

    package func take(_ event: CameraEvent, of camera: String) {
        fire(camera) { trigger in trigger.note(event) }
    }

    package func follow(_ seen: Sighting?, at time: Double, of camera: String, _ standing: () -> CameraStanding) {
        fire(camera) { trigger in trigger.note(seen, at: time) }
    }

    package func finish(within limit: Duration) {
        let end = ContinuousClock.now + limit
        let clips = state.withLock { state in
            defer { state.clips = [:] }
            return state.clips.values.flatMap(\.values)
        }
        others.close()
        others.drain(within: limit)
        for clip in clips { clip.finish(within: max(end - .now, .milliseconds(50))) }
        for post in posts.values { post.finish(within: max(end - .now, .zero)) }
        programs?.finish(within: max(end - .now, .milliseconds(50)))
    }

    /// What messages show: a secret may stand in the path, too.
    private static func host(of address: String) -> String {
        let shown = redacted(address)
        guard let slashes = shown.firstRange(of: "://") else { return "(secret)" }
        return String(shown[..<slashes.upperBound]) + shown[slashes.upperBound...].prefix { !"/?#".contains($0) }
    }

    private func fire(_ camera: String, _ find: (inout HookTrigger) -> HookTrigger.Firing?) {
        let (firings, access, clips) = state.withLock { state in
            var firings: [(Int, HookTrigger.Firing)] = []
            for number in state.triggers[camera, default: []].indices {
                if let firing = find(&state.triggers[camera]![number]) { firings.append((number, firing)) }
            }
            return (firings, state.access[camera], state.clips[camera])
        }
        for (number, firing) in firings {
            if let access { act(number, firing, access, clips?[number]) }
        }
    }

    private func act(_ number: Int, _ firing: HookTrigger.Firing, _ camera: CameraAccess, _ clip: ClipWriter?) {
        let hook = hooks[number]
        switch (hook.action, firing) {
        case (.run(let words, let seconds), .begin(let event)):
            programs?.run(words, environment: event.variables(environment), seconds: seconds)
        case (.post, .begin(let event)): posts[number]?.offer(event.json)
        case (.snapshot(let pattern), .begin(let event)): takeSnapshot(pattern, event, camera)
        case (.record(.start), .begin), (.record(.while), .begin): record(true, camera)
        case (.record(.stop), .begin), (.record(.while), .end): record(false, camera)
        case (.clip, .begin): if let clip { clip.begin(lasting: hook.kind == nil) } else { counts.fail(.clip) }
        case (.clip, .end): clip?.end()
        case (_, .end): break
        }
    }

    private func takeSnapshot(_ pattern: String, _ event: CameraEvent, _ camera: CameraAccess) {
        later(.snapshot) { [counts, log, asking] in
            guard let picture = Self.wait(on: asking, { await camera.snapshot() }) else {
                counts.fail(.snapshot)
                return log.warning("a hook has no picture to write")
            }
            do throws(HookFault) {
                let path = SnapshotFile.path(pattern, camera: CameraAccess.called(camera.name), time: event.time)
                let written = try SnapshotFile.write(picture, to: path)
                log.info("a hook wrote \(written)")
                counts.done(.snapshot)
            } catch {
                counts.fail(.snapshot)
                log.warning("\(error)")
            }
        }
    }

    private func record(_ isOn: Bool, _ camera: CameraAccess) {
        later(.record) { [counts, log, asking] in
            guard let problem = Self.wait(on: asking, { await camera.change("recording", .flag(isOn)) }) else {
                return counts.done(.record)
            }
            counts.fail(.record)
            log.warning("a hook cannot \(isOn ? "start" : "stop") the recording: \(problem)")
        }
    }

    private func later(_ kind: HookCounts.Kind, _ work: @escaping @Sendable () -> Void) {
        others.offer(Job(kind: kind, work: work))
    }

    /// Blocks the outlet's own thread, so that what hooks do keeps its order.
    private static func wait<Value: Sendable>(
        on thread: StageThread, _ work: @escaping @Sendable () async -> Value?
    ) -> Value? {
        let (done, value) = (DispatchSemaphore(value: 0), Holder<Value>())
        Task(executorPreference: thread) {
            let result = await work()
            value.content.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        return value.content.withLock { $0 }
    }

    private final class Holder<Value: Sendable>: Sendable { let content = Mutex<Value?>(nil) }
}
