import Foundation
import Glibc
import TestSupport
import Testing

/// Settings that are read again while cameras are taught.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct TeachReloadTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench() }

    private let door = "  door: {capture: {input: 'demo:objects=stop-sign+sunflower,size=320x240,fps=25'}}\n"
    private let yard = "  yard: {capture: {input: 'demo:size=320x240,fps=25'}, required: false}\n"

    private func write(_ cameras: String, overlay: String = "box: true") throws {
        try bench.write(
            """
            defaults: {infer: {teach: '{camera}-set'}, overlay: {\(overlay)}}
            cameras:
            \(cameras)
            serve: {listen: 127.0.0.1:0}

            """)
    }

    private func reload(_ running: Program.Running) throws {
        running.signal(SIGHUP)
        _ = try bench.notify.messages(upTo: "READY=1")
    }

    private func start() throws -> (Program.Running, port: Int) {
        let running = try bench.start(environment: ["XDG_DATA_HOME": bench.folder.file("data")])
        _ = try bench.notify.messages(upTo: "READY=1")
        return (running, try #require(running.port()))
    }

    private func wait(for client: TeachClient) { waitUntil { (try? client.state()) != nil } }

    @Test func twoCamerasHaveTwoSetsAndAReloadKeepsThem() throws {
        try write(door + yard)
        let (running, port) = try start()
        let (front, back) = (TeachClient(port, camera: "door"), TeachClient(port, camera: "yard"))
        wait(for: back)
        let sign = try front.addClass("sign")
        #expect(try front.take(sign, count: 3) == 3)
        _ = try back.addClass("cat")
        try write(door + yard, overlay: "box: false")
        try reload(running)
        #expect(try front.take(sign, count: 2) == 2)
        #expect(try front.state().classes.map { "\($0.name) \($0.examples)" } == ["none 0", "sign 5"])
        #expect(try back.state().classes.map { "\($0.name) \($0.examples)" } == ["none 0", "cat 0"])
        #expect(try front.state().name == "door-set" && back.state().name == "yard-set")
        let metrics = try Exchange("GET", "/metrics", port: port)
        #expect(metrics.metric(#"camstream_teach_examples{camera="door"}"#) == 5)
        #expect(metrics.metric(#"camstream_teach_classes{camera="yard"}"#) == 2)
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
    }

    @Test func aCameraThatComesIsTaughtAtOnceAndHasASetOfItsOwn() throws {
        try write(door)
        let (running, port) = try start()
        let (front, back) = (TeachClient(port, camera: "door"), TeachClient(port, camera: "yard"))
        wait(for: front)
        let sign = try front.addClass("sign")
        try write(door + yard)
        try reload(running)
        wait(for: back)
        let cat = try back.addClass("cat")
        #expect(try back.take(cat, count: 2) == 2)
        #expect(try back.state().name == "yard-set")
        #expect(try front.take(sign, count: 1) == 1)
        #expect(try back.state().classes.map { "\($0.name) \($0.examples)" } == ["none 0", "cat 2"])
        // The set of another one is refused, and nothing changes; with one of its own the camera comes.
        let shed = yard.replacing("yard", with: "shed").replacing("required", with: "infer: {teach: SET}, required")
        try write(door + yard + shed.replacing("SET", with: "yard-set"))
        try reload(running)
        #expect(try Exchange("GET", "/cameras/shed/api/teach", port: port).status == 404)
        #expect(try back.take(cat, count: 1) == 1)
        try write(door + yard + shed.replacing("SET", with: "tools"))
        try reload(running)
        let third = TeachClient(port, camera: "shed")
        wait(for: third)
        #expect(try third.state().name == "tools")
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("the old settings are kept"), "\(run.standardError)")
    }

    @Test func aCameraThatComesBackIsTaughtOnAndItsNewViewersAreTold() throws {
        try write(door + yard)
        let (running, port) = try start()
        let back = TeachClient(port, camera: "yard")
        wait(for: back)
        let cat = try back.addClass("cat")
        #expect(try back.take(cat, count: 2) == 2)
        try write(door)
        try reload(running)
        #expect(try Exchange("GET", "/cameras/yard/api/teach", port: port).status == 404)
        try write(door + yard)
        try reload(running)
        wait(for: back)
        #expect(try back.state().classes.map { "\($0.name) \($0.examples)" } == ["none 0", "cat 2"])
        let listener = try back.listen()
        // As it is when one begins to listen, then each change.
        #expect(listener.hears(#""name":"cat""#))
        _ = try back.addClass("late")
        #expect(listener.hears(#""name":"late""#))
        #expect(try back.take(cat, count: 1) == 1)
        #expect(listener.hears(#""examples":3"#))
        let metrics = try Exchange("GET", "/metrics", port: port)
        #expect(metrics.metric(#"camstream_teach_examples{camera="yard"}"#) == 3)
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
    }
}
