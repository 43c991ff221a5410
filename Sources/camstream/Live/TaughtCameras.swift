import Fit
import Foundation
import Infer
import Live
import Logging
import Pipeline
import Serve
import Synchronization
import Teach

/// The sets that viewers teach cameras with, one for each camera whose settings name one. They stay open while the program runs,
/// also while the settings do not have their camera.
final class TaughtCameras: Sendable {
    private struct State {
        var teachers: [String: Teacher] = [:]
        /// Of all cameras that there have been, as they were at first.
        var settings: [String: InferConfig] = [:]
    }

    private let state = Mutex(State())
    private let viewers = Viewers()

    /// Who is told of a camera's set, by the camera's name: those of the one that was made last.
    private final class Viewers: Sendable {
        private let events = Mutex<[String: EventHub]>([:])

        func set(_ events: EventHub, of camera: String) { self.events.withLock { $0[camera] = events } }

        func tell(_ state: TeachState, of camera: String) {
            events.withLock { $0[camera] }?.publish(.teach(state))
        }
    }

    /// - Parameter cameras: validated, with the models' files in place of their names.
    /// - Throws: `ConfigError`, `TeachError`, and `InferError` of a model that cannot be taught.
    init(_ cameras: [NamedCamera]) throws { try add(cameras) {} }

    /// Opens the sets of cameras that have not been there before.
    ///
    /// - Parameters:
    ///   - cameras: as of `init`.
    ///   - use: takes them; where it fails, it is as if they had never come.
    func add<Value>(_ cameras: [NamedCamera], _ use: () throws -> Value) throws -> Value {
        let known = state.withLock { $0.settings }
        let new = cameras.filter { known[$0.name] == nil }
        do {
            for camera in new {
                guard let name = camera.config.infer.teach else { continue }
                let teacher = try Self.open(name, camera.config.infer) { [viewers] in
                    viewers.tell($0, of: camera.name)
                }
                state.withLock { $0.teachers[camera.name] = teacher }
            }
            let result = try use()
            state.withLock { state in
                for camera in new { state.settings[camera.name] = camera.config.infer }
            }
            return result
        } catch {
            for camera in new { state.withLock { $0.teachers.removeValue(forKey: camera.name) }?.close() }
            throw error
        }
    }

    /// What a camera is taught with; nil: nobody teaches it.
    ///
    /// - Parameter events: from now on tell of it: a camera that was taken out and comes back has other viewers.
    func teaching(_ camera: String, telling events: EventHub) -> CameraTeaching? {
        guard let teacher = state.withLock({ $0.teachers[camera] }) else { return nil }
        viewers.set(events, of: camera)
        return CameraTeaching(teacher)
    }

    /// What was confirmed is on the disk already; what is being made is given up.
    func close() { for teacher in state.withLock({ $0.teachers }).values { teacher.close() } }

    /// Of settings that are read again, keeps what cannot change while a set is open; a camera that has not been there before
    /// may be taught whatever it says.
    func keep(_ config: inout Config, _ log: Logger) {
        let settings = state.withLock { $0.settings }
        func keep(_ infer: inout InferConfig, _ camera: String) {
            guard let old = settings[camera] else { return }
            let isTaught = old.teach != nil
            guard infer.teach != old.teach || isTaught && (infer.model != old.model || infer.card != old.card)
            else { return }
            log.warning(
                "\(camera.isEmpty ? "" : "cameras.\(camera).")infer.teach: what is taught, and the model that it is taught on, change only when the program is started again"
            )
            infer.teach = old.teach
            if isTaught { (infer.model, infer.card) = (old.model, old.card) }
        }
        if config.named.isEmpty { keep(&config.camera.infer, "") }
        for index in config.named.indices { keep(&config.named[index].config.infer, config.named[index].name) }
    }

    private static func open(
        _ name: String, _ config: InferConfig, _ onChange: @escaping @Sendable (TeachState) -> Void
    ) throws -> Teacher {
        let folder = try TeachFolder(environment: ProcessInfo.processInfo.environment)
        guard let model = config.model else { throw InferError.noModel }
        let backbone = try Backbone(model: model, card: config.card)
        let taught = TaughtBackbone(
            backbone, model: URL(filePath: model).path, card: config.card.map { URL(filePath: $0).path })
        return try Teacher(
            folder, named: name, backbone: taught,
            make: { examples, step, isCancelled in
                let start = ContinuousClock.now
                return try MadeModel(
                    of: examples, backbone, name: examples.name, file: "\(examples.name).onnx",
                    program: "camstream \(Camstream.version)", date: Date().formatted(.iso8601),
                    isCancelled: isCancelled
                ) { step(FitText.progress($0, seconds: (ContinuousClock.now - start) / .seconds(1))) }
            }, onChange: onChange)
    }
}
