import Foundation
import Logging
import Testing

@testable import Serve

/// A server of files: whole, in parts, and nothing else.
struct FilesTests {
    private struct TwoFiles: ServedFiles {
        let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "camstream-files-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            try Data("0123456789".utf8).write(to: folder.appending(path: "ten"))
        }

        func file(at path: String) async throws -> ServedFile? {
            if path == "/broken" { throw ServedProblem("this one is broken") }
            return path == "/ten" ? ServedFile(path: folder.appending(path: "ten").path, type: "video/mp4") : nil
        }
    }

    /// What a server of two files answers.
    private func ask(_ requests: [(method: String, path: String, headers: [String])]) async throws -> [Answer] {
        var config = ServeConfig()
        (config.listen, config.readOnly) = ("127.0.0.1:0", true)
        let files = try TwoFiles()
        defer { try? FileManager.default.removeItem(at: files.folder) }
        let server = try HTTPServer(
            config, cameras: ServedCameras(), files: files, metrics: Metrics(), logger: TestLog().logger)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: [Answer]?.self) { group in
            group.addTask {
                defer { listening.finish() }
                try await server.run { listening.yield($0) }
                return nil
            }
            let port = try #require(await ports.first { _ in true })
            var answers: [Answer] = []
            for request in requests {
                let host = request.headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: localhost:\(port)"]
                let lines =
                    ["\(request.method) \(request.path) HTTP/1.1"] + host + request.headers + ["Connection: close"]
                answers.append(
                    try await Client.connected(to: port) { client in
                        try await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
                        return Answer(try await client.receiveToEnd())
                    })
            }
            group.cancelAll()
            return answers
        }
    }

    @Test func aRangeIsThePartThatIsAskedFor() {
        let cases: [(String?, ByteRange)] = [
            (nil, .whole), ("", .whole), ("bytes=0-", .part(0..<10)), ("bytes=2-4", .part(2..<5)),
            ("bytes=2-400", .part(2..<10)), ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)),
            ("BYTES = 9-9", .part(9..<10)), ("bytes=10-", .outside), ("bytes=10-20", .outside), ("bytes=-0", .outside),
            ("bytes=4-2", .whole), ("bytes=0-1,4-5", .whole), ("items=0-1", .whole), ("bytes=a-b", .whole),
            ("bytes=+1-2", .whole), ("bytes=-", .whole), ("bytes=1", .whole), ("bytes=--1", .whole),
            ("bytes=0-99999999999999999999", .whole),
        ]
        for (field, range) in cases { #expect(ByteRange(field, of: 10) == range, "\(field ?? "nil")") }
        #expect(ByteRange("bytes=0-", of: 0) == .outside && ByteRange("bytes=-5", of: 0) == .outside)
    }

    @Test func filesAreAnsweredWholeAndInParts() async throws {
        let answers = try await ask([
            ("GET", "/ten", []), ("GET", "/ten", ["Range: bytes=3-5"]), ("GET", "/ten", ["Range: bytes=20-"]),
            ("HEAD", "/ten", []), ("HEAD", "/ten", ["Range: bytes=-4"]),
        ])
        #expect(answers.map(\.status) == [200, 206, 416, 200, 206])
        #expect(answers.map(\.text) == ["0123456789", "345", "", "", ""])
        #expect(answers[0]["Accept-Ranges"] == "bytes" && answers[0]["Content-Type"] == "video/mp4")
        #expect(answers[1]["Content-Range"] == "bytes 3-5/10" && answers[2]["Content-Range"] == "bytes */10")
        #expect(answers[3]["Content-Length"] == "10" && answers[4]["Content-Length"] == "4")
        let policy = try #require(answers[0]["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'") && !policy.contains("unsafe"))
        #expect(answers[0]["X-Content-Type-Options"] == "nosniff")
    }

    @Test func nothingElseIsThere() async throws {
        let answers = try await ask([
            ("GET", "/", []), ("GET", "/metrics", []), ("GET", "/healthz", []), ("GET", "/../etc/passwd", []),
            ("GET", "/broken", []), ("POST", "/ten", ["Content-Length: 0"]), ("DELETE", "/ten", []),
            ("GET", "/ten", ["Host: evil.example"]),
        ])
        #expect(answers.map(\.status) == [404, 404, 404, 404, 404, 405, 405, 421])
        #expect(answers[4].text == "this one is broken\n")
        #expect(!answers[7].text.contains("0123456789"))
    }
}
