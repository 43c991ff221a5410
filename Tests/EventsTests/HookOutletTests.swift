import Dispatch
import Encode
import Foundation
import Glibc
import Logging
import Pipeline
import Serve
import Synchronization
import TestSupport
import Testing

@testable import Events

@Suite(.timeLimit(.minutes(30))) struct HookOutletTests {
    private let folder: TemporaryFolder
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let metrics = Metrics()

    init() throws { folder = try TemporaryFolder() }

    private func outlet(_ action: HookConfig.Action, environment: [String: String] = [:]) throws -> HookOutlet {
        var hook = HookConfig(action)
        hook.kind = .appeared
        return try HookOutlet([hook], program: "camstream 0", metrics: metrics, log, environment: environment)
    }

    private static let dog = CameraEvent(
        .appeared, camera: "door", time: 1.5, label: "dog", probability: 0.75, track: 3, box: [1, 2, 3, 4])

    private func count(_ kind: String, _ result: String) -> Int? {
        let line = #"camstream_hooks_total{do="\#(kind)",result="\#(result)"} "#
        return metrics.text.split(separator: "\n").first { $0.hasPrefix(line) }.flatMap {
            Int($0.dropFirst(line.count))
        }
    }

    /// A program that tells of itself by a pipe with a name, which is read to its end.
    private func script(_ text: String) throws -> (program: String, read: () throws -> String) {
        let pipe = folder.file("told")
        #expect(mkfifo(pipe, 0o600) == 0)
        try folder.write("#!/bin/sh\nexec 1>'\(pipe)'\n\(text)\n".utf8, to: "program")
        chmod(folder.file("program"), 0o755)
        return (
            folder.file("program"),
            {
                String(
                    decoding: try #require(FileHandle(forReadingAtPath: pipe)).readDataToEndOfFile(), as: UTF8.self)
            }
        )
    }

    @Test func aProgramGetsItsArgumentsAndTheEventAndNothingOfOurs() throws {
        let (program, read) = try script(
            #"echo "$1|$2"; env | sort; readlink /proc/$$/fd/*; cat; ps -o pgid= -p $$ | tr -d ' '; echo $$"#)
        let held = open(folder.file("held"), O_RDWR | O_CREAT, 0o600)  // without O_CLOEXEC
        #expect(held >= 0)
        defer { close(held) }
        let outlet = try outlet(
            .run([program, "a b; touch x", "$HOME"], seconds: 60),
            environment: ["PATH": "/usr/bin:/bin", "SECRET": "s"])
        outlet.add(CameraAccess(name: "door"))
        outlet.take(Self.dog, of: "door")
        let lines = try read().split(separator: "\n").map(String.init)
        #expect(lines.first == "a b; touch x|$HOME")
        #expect(lines.contains("CAMSTREAM_EVENT=appeared") && lines.contains("CAMSTREAM_CAMERA=door"))
        #expect(lines.contains("CAMSTREAM_LABEL=dog") && lines.contains("CAMSTREAM_PROBABILITY=0.75"))
        #expect(lines.contains("CAMSTREAM_BOX=1,2,3,4") && lines.contains("CAMSTREAM_TRACK=3"))
        #expect(lines.contains("CAMSTREAM_JSON=\(Self.dog.json)"))
        #expect(!lines.contains { $0.hasPrefix("SECRET") })
        #expect(!lines.contains { $0.hasSuffix("/held") }, "\(lines)")
        outlet.finish(within: .seconds(60))
        #expect(outlet.status?.sent == 1 && count("run", "done") == 1)
    }

    @Test func aProgramThatNeverEndsIsEndedWithAllThatItStarted() throws {
        let (program, read) = try script("sleep 1000 & echo $!; exec 1>&-; wait")
        let outlet = try outlet(.run([program], seconds: 0.3), environment: ["PATH": "/usr/bin:/bin"])
        outlet.add(CameraAccess(name: "door"))
        outlet.take(Self.dog, of: "door")
        // The pipe ends with the last that holds it.
        let child = try #require(pid_t(try read().split(separator: "\n").first ?? ""))
        outlet.finish(within: .seconds(60))
        #expect(count("run", "failed") == 1 && count("run", "done") == 0)
        // Who is killed dies when its turn comes.
        waitUntil { kill(child, 0) != 0 || Self.isDead(child) }
    }

    /// One whose parent has died is a zombie until it is collected.
    private static func isDead(_ process: pid_t) -> Bool {
        guard let text = try? String(contentsOf: URL(filePath: "/proc/\(process)/stat"), encoding: .utf8) else {
            return true
        }
        return text.split(separator: ")").last?.split(separator: " ").first == "Z"
    }

    @Test func moreProgramsThanMayRunAtOnceAreLost() throws {
        let outlet = try outlet(.run(["/bin/sleep", "1000"], seconds: 1000))
        outlet.add(CameraAccess(name: "door"))
        for _ in 0..<10 { outlet.take(Self.dog, of: "door") }
        #expect(outlet.status?.waiting == ProgramPool.mostAtOnce && count("run", "lost") == 10 - ProgramPool.mostAtOnce)
        // The end of ours is theirs.
        outlet.finish(within: .seconds(60))
        #expect(count("run", "failed") == ProgramPool.mostAtOnce && outlet.status?.waiting == 0)
    }

    @Test func aProgramThatIsNotThereIsCounted() throws {
        let outlet = try outlet(.run([folder.file("none")], seconds: 1))
        outlet.add(CameraAccess(name: "door"))
        outlet.take(Self.dog, of: "door")
        outlet.finish(within: .seconds(60))
        #expect(count("run", "failed") == 1)
    }

    @Test func aSnapshotIsWrittenUnderANameOfItsOwn() throws {
        let outlet = try outlet(.snapshot(folder.file("%Y/{camera}.jpg")))
        outlet.add(CameraAccess(name: "door", snapshot: { Array("JPEG".utf8) }))
        for _ in 0..<2 { outlet.take(Self.dog, of: "door") }
        outlet.finish(within: .seconds(60))
        #expect(try folder.contents() == ["1970"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("1970")).sorted()
        #expect(names == ["door-2.jpg", "door.jpg"])
        #expect(try folder.bytes(of: "1970/door.jpg") == Array("JPEG".utf8) && count("snapshot", "done") == 2)
    }

    @Test func clipsAreOfCamerasWhosePictureIsKept() throws {
        var config = ClipConfig(path: folder.file("{camera}.mp4"))
        config.before = 2
        var hook = HookConfig(.clip(config))
        (hook.kind, hook.camera) = (.appeared, "door")
        let outlet = try HookOutlet([hook], program: "", metrics: metrics, log, environment: [:])
        #expect(outlet.secondsKept(of: "door") == 2 && outlet.secondsKept(of: "yard") == nil)
        outlet.add(CameraAccess(name: "door", recent: PacketRing(seconds: 2)))
        outlet.take(Self.dog, of: "door")
        // No picture came, so there is no clip, and no file that is none.
        outlet.finish(within: .seconds(60))
        #expect(try folder.contents().filter { $0.hasSuffix("mp4") }.isEmpty && count("clip", "done") == 0)
        #expect(count("clip", "failed") == 0)
    }

    @Test func aClipWithoutKeptPicturesIsCountedAsFailed() throws {
        let outlet = try outlet(.clip(ClipConfig(path: folder.file("clip.mp4"))))
        outlet.add(CameraAccess(name: "door"))
        outlet.take(Self.dog, of: "door")
        outlet.finish(within: .seconds(60))
        #expect(count("clip", "failed") == 1)
    }

    @Test func recordingsGoAsLongAsAClassIsThere() throws {
        let asked = Mutex<[String]>([])
        var hook = HookConfig(.record(.while))
        hook.label = "dog"
        let outlet = try HookOutlet([hook], program: "", metrics: metrics, log, environment: [:])
        let access = CameraAccess(
            name: "door",
            change: { key, value in
                asked.withLock { $0.append("\(key)=\(value)") }
                return nil
            })
        let teller = EventTeller(access, EventsConfig(), [outlet], metrics: metrics) { _ in }
        teller.note(Sighting(time: 1, classes: [ClassScore(id: 1, label: "dog", probability: 0.9)]))
        teller.note(Sighting(time: 2, classes: [ClassScore(id: 1, label: "dog", probability: 0.9)]))
        teller.lose(at: 3)
        outlet.finish(within: .seconds(60))
        #expect(asked.withLock { $0 } == ["recording=true", "recording=false"])
    }
}

@Suite(.timeLimit(.minutes(30))) struct WebhookTests {
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// RFC 4231, test case 2.
    @Test func signaturesAreThoseOfTheStandard() {
        #expect(
            Webhook.signature("what do ya want for nothing?", "Jefe")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    private final class Receiver: Sendable {
        let answers: Mutex<[Webhook.Outcome]>
        let taken = Mutex<[String]>([])
        let pauses = Mutex<[Double]>([])

        init(_ answers: [Webhook.Outcome]) { self.answers = Mutex(answers) }

        func post(_ body: String) -> Webhook.Outcome {
            let answer = answers.withLock { $0.isEmpty ? .taken : $0.removeFirst() }
            if answer == .taken { taken.withLock { $0.append(body) } }
            return answer
        }
    }

    private func queue(_ receiver: Receiver, _ counts: HookCounts) throws -> WebhookQueue {
        try WebhookQueue(
            counts, log, shownAddress: "http://h/", isOver: RaisedFlag(), post: { receiver.post($0) },
            pause: { seconds in
                receiver.pauses.withLock { $0.append(seconds) }
                return true
            })
    }

    @Test func aReceiverThatIsAwayIsTriedAgain() throws {
        let receiver = Receiver([.passing("away"), .passing("away"), .taken])
        let counts = HookCounts(Metrics())
        let queue = try queue(receiver, counts)
        queue.offer("one")
        queue.offer("two")
        queue.finish(within: .seconds(60))
        #expect(receiver.taken.withLock { $0 } == ["one", "two"] && receiver.pauses.withLock { $0 } == [1, 2])
        #expect(counts.sums == (2, 0, 0))
    }

    @Test func aReceiverThatStaysAwayOrRefusesLosesAnEvent() throws {
        let receiver = Receiver(Array(repeating: .passing("away"), count: 5) + [.refused("HTTP status 404")])
        let counts = HookCounts(Metrics())
        let queue = try queue(receiver, counts)
        for body in ["one", "two", "three"] { queue.offer(body) }
        queue.finish(within: .seconds(60))
        #expect(receiver.taken.withLock { $0 } == ["three"] && receiver.pauses.withLock { $0 } == [1, 2, 4, 8])
        #expect(counts.sums == (1, 2, 0))
    }
}
