import ArgumentParser
import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import camstream

/// A marked secret goes in wherever an address may stand, and must not come out anywhere.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct SecretsTests {
    private static let secret = "SeCrEt9"
    private static let addresses = [
        "rtsp://user:\(secret)@127.0.0.1:9/x", "http://\(secret)@127.0.0.1:9/x", "rtsp://u:12/\(secret)@127.0.0.1:9/x",
        "rtsp://u:12#\(secret)@127.0.0.1:9/x", "rtsp://u:my \(secret)@127.0.0.1:9/x", "u:\(secret)@127.0.0.1/x",
        "srt://127.0.0.1:9?passphrase=\(secret)xxx&mode=caller", "nosuch://u:\(secret)@h/x",
        "rtsp://127.0.0.1:9/user=admin_password=\(secret)_channel=1_stream=0.sdp",
        "http://127.0.0.1:9/v.cgi?user=a&loginpas=\(secret)", "http://127.0.0.1:9/%05d.png?psw=\(secret)",
        "concat:http://a:b@127.0.0.1:9/a|http://b:\(secret)@127.0.0.1:9/b",
    ]

    private func expectNothing(_ text: String, _ place: String) {
        // Of a secret no part is shown.
        #expect(!text.lowercased().contains(Self.secret.lowercased().prefix(5)), "\(place): \(text)")
    }

    @Test func noInputShowsItsSecretsWhenItDoesNotOpen() throws {
        let folder = try TemporaryFolder()
        for address in Self.addresses {
            let run = try Program.run(
                [
                    "-v", "-i", address, "-m", Clips.model, "-o", folder.file("o.mp4"), "--sidecar",
                    folder.file("o.jsonl"),
                ])
            #expect(run.status != 0 && run.standardError.contains("error: "), "\(address)")
            expectNothing(run.standardError + run.standardOutput, address)
        }
    }

    @Test func noOptionShowsTheSecretsOfItsValue() throws {
        var commands: [any ParsableCommand.Type] = [Camstream.self]
        var seen: Set<String> = []
        while let command = commands.popLast() {
            let names = command.helpMessage().matches(of: /(?m)^  .*?(--[a-z][a-z0-9-]+) </).map { String($0.1) }
            // Commands share groups of options.
            for name in names where seen.insert(name).inserted {
                // Few commands take as many, and none this option.
                let words = [name, Self.addresses[seen.count % 2]] + Self.addresses[2...4] + ["--no-such-option"]
                expectNothing(told(command, words), name)
            }
            commands += command.configuration.subcommands
        }
        #expect(seen.count >= 50)
    }

    /// What the program writes of wrong usage.
    private func told<Command: ParsableCommand>(_ command: Command.Type, _ arguments: [String]) -> String {
        do {
            _ = try command.parseAsRoot(arguments)
            return Issue.record("\(arguments) are right").description
        } catch {
            return Redaction.text(UsageError(error, of: command)?.description ?? command.fullMessage(for: error))
        }
    }

    @Test func noConfigKeyShowsTheSecretsOfItsValue() throws {
        func decode(_ text: String) -> String {
            do {
                try YAMLFile.decode(Config.self, text: text, name: "c.yaml").validate()
                return ""
            } catch {
                return "\(error)"
            }
        }
        func keys(_ text: String) -> [String] {
            let list = decode(text).split(separator: ": ").last ?? ""
            return list.split(separator: ", ").map(String.init)
        }
        var tried = 0
        for section in keys("nosuch: 1") {
            for key in keys("\(section): {nosuch: 1}") {
                for address in Self.addresses + ["it's u:\(Self.secret)@x"] {
                    tried += 1
                    let quoted = address.replacing("'", with: "''")
                    for value in ["'\(quoted)'", "[ '\(quoted)' ]", "{'\(quoted)': 1}"] {
                        let text = Redaction.text(decode("\(section): {\(key): \(value)}"))
                        expectNothing(text, "\(section).\(key): \(value)")
                    }
                    // Not quoted, what YAML takes for other things, also as a part of a line that is wrong.
                    for rest in ["", ": y: z", ", \(Self.secret)@x", " #", "]", "}: a"] {
                        for text in ["\(section): {\(key): \(address)\(rest)}", "\(section): \(address)\(rest)"] {
                            expectNothing(Redaction.text(decode(text)), text)
                        }
                        expectNothing(Redaction.text(decode("\(address)\(rest): 1")), "as a key")
                    }
                }
            }
        }
        #expect(tried > 500)
    }

    @Test func aCameraWhosePasswordIsInItsAddressIsServedWithoutIt() throws {
        let (bench, server) = (try ServiceBench(), try StreamServer())
        let address = server.address.replacing("://", with: "://admin:\(Self.secret)@") + "?token=\(Self.secret)&fps=25"
        let sidecar = bench.folder.file("o.jsonl")
        try bench.configure(
            address, encode: "output: '\(bench.folder.file("o.mp4"))', sidecar: '\(sidecar)', force: true")
        let running = try Program.Running(
            ["serve", "-v", "--config", bench.config], environment: ["NOTIFY_SOCKET": bench.notify.name])
        let port = try #require(running.port())
        #expect(try Exchange("GET", "/snapshot.jpg?max_age=5", port: port).status == 200)
        let state = try Exchange("GET", "/api/state", port: port).text
        #expect(state.contains("\"http://***@127.0.0.1:"), "\(state)")
        #expect(state.contains("/stream?token=***&fps=25\""))
        for path in ["/", "/api/settings", "/api/openapi.json", "/metrics", "/readyz", "/healthz", "/nothing"] {
            expectNothing(try Exchange("GET", path, port: port).text, path)
        }
        expectNothing(state, "/api/state")
        let events = try FirstEvent(port: port).text
        #expect(events.contains("event: state"))
        expectNothing(events, "/api/events")
        // The camera goes, and other settings with a secret that is wrong come.
        server.become(.down)
        #expect(running.wait(for: "no signal since"))
        expectNothing(try Exchange("GET", "/readyz", port: port).text, "/readyz")
        try bench.write("capture:\n  input: rtsp://u:\(Self.secret)@cam: x\n")
        running.signal(SIGHUP)
        #expect(running.wait(for: "the old settings are kept"))
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0)
        expectNothing(run.standardError + run.standardOutput, "log")
        expectNothing(try bench.notify.waiting().joined(separator: "\n"), "service manager")
        let lines = try String(contentsOfFile: sidecar, encoding: .utf8)
        #expect(!lines.isEmpty)
        expectNothing(lines, "sidecar")
    }

    @Test func nothingIsWrittenToTheTerminalPastTheRedaction() throws {
        let allowed: Set = ["StandardErrorLog.swift", "StandardOutput.swift"]
        let writes = /(?:\bprint|\bdebugPrint|\bfputs|\bputs|\bfprintf|FileHandle\.standard\w+)\b ?\(?|write\(STD/
        var read = 0
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: checkout.appending(path: "Sources"), includingPropertiesForKeys: nil))
        where file.pathExtension == "swift" && !file.path.contains("Bench/")
            && !allowed.contains(file.lastPathComponent)
        {
            read += 1
            let code = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
                !$0.drop { $0 == " " }.hasPrefix("//")
            }
            let line = code.first { $0.contains(writes) }
            #expect(line == nil, "\(file.lastPathComponent): \(line ?? "")")
        }
        #expect(read > 300)
    }
}

/// The beginning of `GET /api/events`, which has no end.
private struct FirstEvent {
    let text: String

    init(port: Int) throws {
        let descriptor = try Exchange.connect(port)
        defer { close(descriptor) }
        let request = "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        guard send(descriptor, request, request.utf8.count, 0) == request.utf8.count else {
            throw Exchange.Failed(step: "send")
        }
        var (received, buffer) = ("", [UInt8](repeating: 0, count: 65536))
        while !received.contains("event: frame") {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += String(decoding: buffer[..<count], as: UTF8.self)
        }
        text = received
    }
}
