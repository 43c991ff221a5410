import ArgumentParser
import Foundation
import Logging
import Pipeline
import Serve
import Synchronization

/// The HTTP server with numbered pictures in place of cameras and a classifier, for tests with browsers and under load.
///
/// Prints `listening PORT`, then `change KEY VALUE` for each setting that a client changes (`change NAME KEY VALUE` where
/// cameras have names). Takes commands on its standard input, a line each: `lost`, `found`, `top empty|short|long|noisy`,
/// `age MILLISECONDS` of the map, `problem TEXT` of the recording, `loading` and `loaded` (the model, and with it the
/// settings), and of what is taught `same` and `new` (whether pictures are nearly as those before), `refusing TEXT` and
/// `taking` (examples), `trouble TEXT`. With names they are for all cameras, or for one: `@NAME lost`. `add NAME` and `remove NAME` change which cameras
/// there are.
@main
struct NumberedServer: AsyncParsableCommand {
    @Option var listen = "127.0.0.1:0"
    @Option(help: "WIDTHxHEIGHT") var size = "640x360"
    @Option(help: "Pictures a second.") var fps = 25.0
    @Option(help: "Names of several cameras, with commas between; without it, there is one without a name.")
    var cameras: String?
    @Option var tokenFile: String?
    @Option var maxClients = 128
    @Option(help: "The name of the set that viewers teach; without it, nobody does.") var teach: String?
    @Flag var readOnly = false
    @Flag(help: "As where nothing can be recorded.") var withoutRecording = false

    func run() async throws {
        let sides = size.split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2, sides.allSatisfy({ $0 >= 64 }), fps > 0 else {
            throw ValidationError("size WIDTHxHEIGHT from 64x64, fps above 0")
        }
        let names = cameras?.split(separator: ",").map(String.init) ?? [""]
        guard cameras == nil || names.allSatisfy({ CameraName.isValid($0) }), Set(names).count == names.count else {
            throw ValidationError("different names of \(CameraName.allowed)")
        }
        var config = ServeConfig()
        (config.listen, config.tokenFile, config.maximumClients) = (listen, tokenFile, maxClients)
        config.readOnly = readOnly
        try config.validate()
        let metrics = Metrics()
        let all = NumberedCameras(maximumClients: maxClients, metrics) { [fps, withoutRecording, teach] name in
            NumberedProgram(
                name: name, width: sides[0], height: sides[1], fps: fps, canRecord: !withoutRecording, teaches: teach)
        }
        for name in names { all.add(name) }
        var logger = Logger(label: "server", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let server = try HTTPServer(config, cameras: all.served, metrics: metrics, logger: logger)
        let commands = try StageThread("commands")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await server.run { say("listening \($0)") }
                return true
            }
            group.addTask {
                try await all.publish()
                return true
            }
            group.addTask(executorPreference: commands) {
                while let line = readLine() { all.obey(line) }
                return false
            }
            // The end of the commands is the end.
            while let isRunning = try await group.next() { if !isRunning { group.cancelAll() } }
        }
    }
}

/// The cameras that there are just now.
final class NumberedCameras: Sendable {
    let served = ServedCameras()
    private let cameras = Mutex<[NumberedCamera]>([])
    private let (arrivals, arrival) = AsyncStream.makeStream(of: NumberedCamera.self)
    private let watchers, listeners: ClientLimit
    private let metrics: Metrics
    private let make: @Sendable (_ name: String) -> NumberedProgram

    init(
        maximumClients: Int, _ metrics: Metrics, _ make: @escaping @Sendable (_ name: String) -> NumberedProgram
    ) {
        (watchers, listeners) = (ClientLimit(maximumClients), ClientLimit(maximumClients))
        (self.metrics, self.make) = (metrics, make)
    }

    func add(_ name: String) {
        let camera = NumberedCamera(make(name), watchers: watchers, listeners: listeners, metrics: metrics)
        served.set(
            cameras.withLock { cameras in
                cameras.append(camera)
                return cameras.map(\.served)
            })
        arrival.yield(camera)
    }

    private func remove(_ name: String) {
        let (gone, left) = cameras.withLock { cameras in
            let gone = cameras.filter { $0.program.name == name }
            cameras.removeAll { $0.program.name == name }
            return (gone, cameras.map(\.served))
        }
        served.set(left)
        for camera in gone { camera.remove() }
    }

    func obey(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "add": add(words[1])
        case "remove": remove(words[1])
        case let name? where name.hasPrefix("@"):
            for camera in cameras.withLock({ $0 }) where "@\(camera.program.name)" == name {
                camera.program.obey(words[1], camera.events)
            }
        default: for camera in cameras.withLock({ $0 }) { camera.program.obey(line, camera.events) }
        }
    }

    /// Until the task is cancelled.
    func publish() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for await camera in arrivals { group.addTask { try await camera.publish() } }
        }
    }
}

/// Prints a line at once, also into a pipe.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}
