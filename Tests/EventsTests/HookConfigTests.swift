import Encode
import Pipeline
import Testing

@testable import Events

@Suite struct HookConfigTests {
    private struct Holder: Decodable { var on: [HookConfig] }

    private func hooks(_ yaml: String) throws -> [HookConfig] {
        try YAMLFile.decode(Holder.self, text: yaml, name: "c").on
    }

    private func message(_ entry: String) -> String {
        do {
            _ = try hooks("on: [\(entry)]")
            return "fine"
        } catch {
            return "\(error)"
        }
    }

    @Test func allThatCanBeDoneIsRead() throws {
        let all = try hooks(
            """
            on:
              - {class: dog, for: 2s, above: 0.6, camera: door, do: {run: [/bin/bell, loud], timeout: 3}}
              - {event: signal-lost, do: {post: "https://h/x", secret-file: key}}
              - {event: appeared, class: person, do: {snapshot: "%Y/{camera}.jpg"}}
              - {class: cat, for: 0.5s, do: {record: while}}
              - {class: fox, do: {clip: "{camera}/%F.mp4", before: 3s, after: 60s, keep: 7d, max-bytes: 1G}}
            """)
        var clip = ClipConfig(path: "{camera}/%F.mp4")
        (clip.before, clip.after, clip.keep, clip.maxBytes) = (3, 60, TimeSpan("7d"), DataSize("1G"))
        #expect(
            all.map(\.action) == [
                .run(["/bin/bell", "loud"], seconds: 3), .post("https://h/x", secretFile: "key"),
                .snapshot("%Y/{camera}.jpg"), .record(.while), .clip(clip),
            ])
        #expect(all[4].clip(of: "yard")?.path == "yard/%F.mp4" && all[4].clip(of: "")?.path == "camera/%F.mp4")
        #expect(all[0].clip(of: "door") == nil)
        #expect(all[0].label == "dog" && all[0].seconds == 2 && all[0].above == 0.6 && all[0].camera == "door")
        #expect(all[1].kind == .signalLost && all[2].label == "person" && all[2].kind == .appeared)
        #expect(all[3].seconds == 0.5 && all[3].above == 0.5)
    }

    @Test(arguments: [
        ("{class: dog}", "on.0.do is missing"),
        ("{do: {record: start}}", "on.0.class, or on.0.event, is missing"),
        ("{class: dog, do: {}}", "on.0.do cannot be ''; allowed: one of run, post, snapshot, record, clip"),
        ("{class: dog, do: {record: start, snapshot: a.jpg}}", "on.0.do cannot be 'snapshot and record'"),
        ("{class: dog, do: {run: [bell]}}", "on.0.do.run cannot be 'bell'; allowed: a program by its whole path"),
        ("{class: dog, do: {run: []}}", "on.0.do.run cannot be ''"),
        ("{class: dog, do: {post: 'ftp://h/'}}", "on.0.do.post cannot be 'ftp://h/'"),
        ("{class: dog, do: {snapshot: a.png}}", "on.0.do.snapshot cannot be 'a.png'"),
        ("{class: dog, do: {record: often}}", "on.0.do.record cannot be 'often'"),
        ("{event: class, do: {record: while}}", "on.0.do.record cannot be 'while'; allowed: start, stop"),
        ("{event: gone, for: 2s, do: {record: start}}", "on.0.above or for cannot stand here"),
        ("{class: dog, for: 2 parsecs, do: {record: start}}", "on.0.for cannot be '2 parsecs'"),
        ("{class: dog, above: 2, do: {record: start}}", "on.0.above cannot be '2'; allowed: 0.01 to 1"),
        ("{event: dog, do: {record: start}}", "on.0.event cannot be 'dog'"),
        ("{class: dog, do: {record: start, timeout: 3}}", "on.0.do.timeout cannot stand here: it is for run"),
        ("{class: dog, do: {clip: a.gif}}", "on.0.do.clip cannot be 'a.gif'; allowed: a file for clips (cannot record"),
        ("{class: dog, do: {clip: a.mp4, before: 61s}}", "on.0.do.before cannot be '61s'; allowed: 0s to 60s"),
        ("{class: dog, do: {clip: a.mp4, keep: 7d}}", "on.0.do.clip cannot be 'a.mp4'"),
        ("{class: dog, do: {record: start, before: 3s}}", "on.0.do.before cannot stand here: it is for clip"),
        ("{clas: dog, do: {record: start}}", "unknown setting 'on.0.clas'"),
    ])
    func whatIsWrongIsToldInOneLine(_ entry: String, _ expected: String) {
        let message = message(entry)
        #expect(message.hasPrefix("c: \(expected)") && !message.contains("\n"), "\(message)")
    }

    @Test func aCameraThatIsNotThereIsToldOf() throws {
        let all = try hooks("on: [{class: dog, camera: dor, do: {record: start}}]")
        #expect(throws: ConfigError.self) { try HookConfig.validate(all, cameras: ["door", "yard"]) }
        try HookConfig.validate(all, cameras: ["dor"])
    }
}
