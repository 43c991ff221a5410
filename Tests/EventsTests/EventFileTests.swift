import Encode
import Foundation
import Glibc
import Logging
import Pipeline
import Serve
import TestSupport
import Testing

@testable import Events

@Suite struct EventFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("events.jsonl") }

    init() throws { folder = try TemporaryFolder() }

    private func text(_ name: String) throws -> String {
        try String(decoding: folder.bytes(of: name), as: UTF8.self)
    }

    @Test func aFullFileBeginsAnewAndTheOldestIsLost() throws {
        let file = try EventFile(path: path, limit: 20, oldFiles: 2)
        for number in 1...9 { try file.append("line \(number)") }  // 7 bytes each, two a file
        #expect(try text("events.jsonl") == "line 9\n")
        #expect(try text("events.jsonl.1") == "line 7\nline 8\n")
        #expect(try text("events.jsonl.2") == "line 5\nline 6\n")
        #expect(try folder.contents().count == 3)
    }

    @Test func withoutOldFilesTheFileIsReplaced() throws {
        let file = try EventFile(path: path, limit: 8, oldFiles: 0)
        for number in 1...3 { try file.append("line \(number)") }
        #expect(try text("events.jsonl") == "line 3\n")
        #expect(try folder.contents().count == 1)
    }

    @Test func aLineLongerThanTheLimitIsWritten() throws {
        let file = try EventFile(path: path, limit: 8, oldFiles: 1)
        try file.append(String(repeating: "x", count: 30))
        #expect(try text("events.jsonl").count == 31)
    }

    @Test func aFileGoesOnBehindALineThatWasCutShort() throws {
        try Data("{\"event\":\"app".utf8).write(to: URL(filePath: path))
        try EventFile(path: path, limit: 100, oldFiles: 1).append("next")
        #expect(try text("events.jsonl") == "{\"event\":\"app\nnext\n")
    }

    @Test func aLinkAPipeOrAFolderIsNoFileOfEvents() throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
        #expect(throws: EventsError.self) { try EventFile(path: path, limit: 100, oldFiles: 1) }
        let pipe = path + ".pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: EventsError.self) { try EventFile(path: pipe, limit: 100, oldFiles: 1) }
        #expect(throws: EventsError.self) { try EventFile(path: folder.path, limit: 100, oldFiles: 1) }
        #expect(throws: EventsError.self) { try EventFile(path: "/dev/null", limit: 100, oldFiles: 1) }
    }

    @Test func whatIsToldOfACameraIsInTheFileAndInTheMetrics() throws {
        let metrics = Metrics()
        var config = EventsConfig()
        config.classes = ["dog"]
        let log = try EventLog(
            path: path, config, metrics: metrics, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let told = LockedList()
        let teller = EventTeller(CameraAccess(name: "door"), config, [log], metrics: metrics) { told.append($0) }
        let dog = ClassScore(id: 1, label: "dog", probability: 0.9)
        teller.note(Sighting(time: 10, classes: [dog], shown: dog))
        teller.note(Sighting(time: 10.5, classes: [dog], shown: dog))
        teller.lose(at: 11)
        teller.find(at: 12)
        log.finish(within: .seconds(20))
        let lines = try text("events.jsonl").split(separator: "\n").map(String.init)
        #expect(lines == told.all.map(\.json))
        #expect(
            lines.first == #"{"camera":"door","class_id":1,"event":"class","label":"dog","probability":0.9,"time":10}"#)
        #expect(lines.last == #"{"camera":"door","event":"signal-found","seconds":1,"time":12}"#)
        #expect(metrics.text.contains(#"camstream_events_total{event="signal-lost"} 1"# + "\n"))
        #expect(metrics.text.contains(#"camstream_events_total{event="gone"} 0"# + "\n"))
        #expect(metrics.text.contains(#"camstream_class_seconds_total{class="dog"} 0.5"# + "\n"))
        #expect(metrics.text.contains("camstream_events_file_dropped_total 0\n"))
    }
}
