import ArgumentParser
import Foundation
import Logging
import Pipeline
import Serve

/// The HTTP server with numbered pictures in place of a camera and a classifier, for tests with browsers and under load.
///
/// Prints `listening PORT`, then `change KEY VALUE` for each setting that a client changes. Takes commands on its standard
/// input, a line each: `lost`, `found`, `top empty|short|long|noisy`, `age MILLISECONDS` of the map,
/// `problem TEXT` of the recording, `loading` and `loaded` (the model, and with it the settings).
@main
struct NumberedServer: AsyncParsableCommand {
    @Option var listen = "127.0.0.1:0"
    @Option(help: "WIDTHxHEIGHT") var size = "640x360"
    @Option(help: "Pictures a second.") var fps = 25.0
    @Option var tokenFile: String?
    @Option var maxClients = 128
    @Flag var readOnly = false
    @Flag(help: "As where nothing can be recorded.") var withoutRecording = false

    func run() async throws {
        let sides = size.split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2, sides.allSatisfy({ $0 >= 64 }), fps > 0 else {
            throw ValidationError("size WIDTHxHEIGHT from 64x64, fps above 0")
        }
        var config = ServeConfig()
        (config.listen, config.tokenFile, config.maximumClients) = (listen, tokenFile, maxClients)
        config.readOnly = readOnly
        try config.validate()
        let program = NumberedProgram(width: sides[0], height: sides[1], fps: fps, canRecord: !withoutRecording)
        let metrics = Metrics()
        let feed = LiveFeed(maximumClients: maxClients, quality: config.quality, metrics: metrics)
        let events = EventHub(maximumClients: maxClients, metrics: metrics)
        var logger = Logger(label: "server", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let server = try HTTPServer(
            config, cameras: ServedCameras([ServedCamera(feed: feed, events: events, program: program.served)]),
            metrics: metrics, logger: logger)
        program.onRecording = { events.publish(.recording($0)) }
        let commands = try StageThread("commands")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await server.run { say("listening \($0)") }
                return true
            }
            group.addTask {
                try await Self.publish(program, feed, events, fps: self.fps)
                return true
            }
            group.addTask(executorPreference: commands) {
                while let line = readLine() { program.obey(line, events) }
                return false
            }
            // The end of the commands is the end.
            while let isRunning = try await group.next() { if !isRunning { group.cancelAll() } }
        }
    }

    /// Pictures at their times, in a grid of time that starts now.
    private static func publish(
        _ program: NumberedProgram, _ feed: LiveFeed, _ events: EventHub, fps: Double
    ) async throws {
        let painter = try NumberedPainter(width: program.width, height: program.height)
        let start = ContinuousClock.now
        var sequence = 0
        var wasPresent = true
        while true {
            let isPresent = program.isPresent
            if isPresent || wasPresent {
                let wall = Duration.microseconds(CaptureTime.now.wall)
                let picture = try isPresent ? painter.picture(sequence) : painter.slate(sequence)
                let facts = PictureFacts(
                    sequence: sequence, capturedAt: wall, latency: .zero, label: program.label, isSlate: !isPresent)
                try feed.publish(picture, facts)
                if isPresent { events.publish(.frame(program.event(sequence))) }
                sequence += 1
            }
            wasPresent = isPresent
            let next = Int(((ContinuousClock.now - start) / .seconds(1) * fps).rounded(.down)) + 1
            do { try await Task.sleep(until: start + .seconds(Double(next) / fps), clock: .continuous) } catch {
                return
            }
        }
    }
}

/// Prints a line at once, also into a pipe.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}
