import Fit
import Foundation
import Infer
import Live
import Logging
import Pipeline
import Serve
import Synchronization
import Teach

/// The sets that viewers teach cameras with, one for each camera whose settings name one.
struct TaughtCameras: Sendable {
    private var teachers: [String: Teacher] = [:]
    private let viewers = Viewers()
    /// As they were opened.
    private let settings: [String: InferConfig]

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
    init(_ cameras: [NamedCamera]) throws {
        settings = Dictionary(uniqueKeysWithValues: cameras.map { ($0.name, $0.config.infer) })
        for camera in cameras {
            guard let name = camera.config.infer.teach else { continue }
            teachers[camera.name] = try Self.open(name, camera.config.infer) { [viewers] in
                viewers.tell($0, of: camera.name)
            }
        }
    }

    /// What a camera is taught with; nil: nobody teaches it.
    ///
    /// - Parameter events: from now on tell of it: a camera that was taken out and comes back has other viewers.
    func teaching(_ camera: String, telling events: EventHub) -> CameraTeaching? {
        guard let teacher = teachers[camera] else { return nil }
        viewers.set(events, of: camera)
        return CameraTeaching(teacher)
    }

    /// What was confirmed is on the disk already; what is being made is given up.
    func close() { for teacher in teachers.values { teacher.close() } }

    /// Of settings that are read again, keeps what cannot change while a set is open.
    func keep(_ config: inout Config, _ log: Logger) {
        func keep(_ infer: inout InferConfig, _ camera: String) {
            let old = settings[camera]
            let isTaught = old?.teach != nil
            guard infer.teach != old?.teach || isTaught && (infer.model != old?.model || infer.card != old?.card)
            else { return }
            log.warning(
                "\(camera.isEmpty ? "" : "cameras.\(camera).")infer.teach: what is taught, and the model that it is taught on, change only when the program is started again"
            )
            infer.teach = old?.teach
            if isTaught { (infer.model, infer.card) = (old?.model, old?.card) }
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
