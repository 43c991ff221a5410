import Foundation
import TestSupport
import Testing

@testable import Catalogue

/// Downloads that do not come in one piece.
@Suite(.timeLimit(.minutes(30))) struct ResumeTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func expectWhole() throws {
        #expect(try bench.stored("tiny/tiny.onnx") == bench.bytes)
        #expect(bench.contents() == ["tiny"] && bench.contents("tiny") == ["labels.txt", "tiny.onnx", "tiny.yaml"])
    }

    @Test func aCutConnectionIsContinuedWithTheRest() throws {
        let served = bench.served
        let server = try LocalServer { request, number in
            .bytes(served.answer(request, cutAfter: number == 0 ? 60_000 : .max))
        }
        try bench.fetch(from: server.address("tiny-7.onnx"))
        #expect(server.requests.map { $0["Range"] } == [nil, "bytes=60000-"])
        #expect(server.requests[1]["If-Range"] == "\"one\"")
        try expectWhole()
    }

    @Test func aLaterRunGoesOnWhereAnEarlierOneWasGivenUp() throws {
        let served = bench.served
        let server = try LocalServer { request, number in
            switch number {
            case 0: .bytes(served.answer(request, cutAfter: 60_000))
            case 1...3: .bytes([])
            default: .bytes(served.answer(request))
            }
        }
        let address = server.address("tiny-7.onnx")
        let error = #expect(throws: CatalogueError.self) { try bench.fetch(from: address) }
        #expect(error?.category == .unavailable)
        #expect(bench.isNothingFound && bench.contents() == [".tiny.part"])
        #expect(try bench.fetch(from: address) == [.goesOn(after: 60_000)])
        #expect(server.requests.last?["Range"] == "bytes=60000-")
        try expectWhole()
    }

    @Test func aServerWithoutRangesStartsAgain() throws {
        try bench.leavePart(bench.bytes.prefix(500), validator: "\"one\"")
        var served = bench.served
        served.takesRanges = false
        let server = try LocalServer { [served] request, _ in .bytes(served.answer(request)) }
        let events = try bench.fetch(from: server.address("tiny-7.onnx"))
        #expect(events == [.goesOn(after: 500), .startsAgain])
        #expect(server.requests.count == 1)
        try expectWhole()
    }

    @Test func aFileThatHasChangedStartsAgain() throws {
        try bench.leavePart([UInt8](repeating: 1, count: 500), validator: "\"older\"")
        let served = bench.served
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        #expect(try bench.fetch(from: server.address("tiny-7.onnx")) == [.goesOn(after: 500), .startsAgain])
        #expect(server.requests.map { $0["If-Range"] } == ["\"older\""])
        try expectWhole()
    }

    @Test func aWrongFirstPartIsFoundByTheChecksum() throws {
        try bench.leavePart([UInt8](repeating: 1, count: 500))  // no server said what it is of
        let served = ServedFile(bench.bytes)
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        #expect(try bench.fetch(from: server.address("tiny-7.onnx")) == [.goesOn(after: 500), .startsAgain])
        #expect(server.requests.map { $0["Range"] } == ["bytes=500-", nil])
        try expectWhole()
    }

    @Test func aPartThatIsTooLongIsForgotten() throws {
        try bench.leavePart(bench.bytes + [0])
        let served = bench.served
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        try bench.fetch(from: server.address("tiny-7.onnx"))
        #expect(server.requests.map { $0["Range"] } == [nil])
        try expectWhole()
    }

    @Test func aPartThatIsWholeIsNotAskedForAgain() throws {
        try bench.leavePart(bench.bytes)
        let server = try LocalServer { _, _ in LocalServer.status("404 Not Found") }
        try bench.fetch(from: server.address("tiny-7.onnx"))
        #expect(server.requests.isEmpty)
        try expectWhole()
    }

    @Test func aServerWhoseFileIsShorterThanThePartIsAskedForAllOfIt() throws {
        try bench.leavePart(bench.bytes.prefix(500))
        let served = bench.served
        let server = try LocalServer { request, number in
            number == 0 ? LocalServer.status("416 Range Not Satisfiable") : .bytes(served.answer(request))
        }
        try bench.fetch(from: server.address("tiny-7.onnx"))
        #expect(server.requests.map { $0["Range"] } == ["bytes=500-", nil])
        try expectWhole()
    }

    @Test func anotherPartThanAskedForIsRefused() throws {
        try bench.leavePart(bench.bytes.prefix(500))
        let server = try LocalServer { _, _ in
            .bytes(Array("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/100000\r\n\r\n0123456789".utf8))
        }
        let error = #expect(throws: CatalogueError.self) { try bench.fetch(from: server.address("tiny-7.onnx")) }
        #expect(error?.description.contains("another part") == true)
        #expect(bench.isNothingFound)
    }

    @Test func aServerThatFallsSilentIsAskedAgain() throws {
        let served = bench.served
        let server = try LocalServer { request, number in
            number == 0
                ? .silence(after: served.answer(request, cutAfter: 60_000)) : .bytes(served.answer(request))
        }
        try bench.fetch(from: server.address("tiny-7.onnx"))
        #expect(server.requests.map { $0["Range"] } == [nil, "bytes=60000-"])
        try expectWhole()
    }

    @Test func anInterruptKeepsWhatHasCome() throws {
        let served = bench.served
        let server = try LocalServer { request, number in
            .bytes(served.answer(request, cutAfter: number == 0 ? 60_000 : .max))
        }
        let address = server.address("tiny-7.onnx")
        let part = "\(bench.store.folder)/.tiny.part/tiny.onnx"
        let error = #expect(throws: CatalogueError.self) {
            try bench.fetch(from: address, isInterrupted: { fileSize(part) == 60_000 })
        }
        #expect(error?.category == .interrupted && error?.description.contains("60.0 kB of 100.0 kB") == true)
        #expect(bench.isNothingFound)
        try bench.fetch(from: address)
        #expect(server.requests.map { $0["Range"] } == [nil, "bytes=60000-"])
        try expectWhole()
    }

    @Test func ofTheHeadOnlyTheLastAnswerCounts() {
        var response = Response()
        for line in [
            "HTTP/1.1 302 Found\r\n", "ETag: \"redirect\"\r\n", "Content-Length: 5\r\n", "\r\n", "HTTP/2 206 \r\n",
            "content-range: bytes 10-19/20\r\n", "ETAG: W/\"weak\"\r\n",
            "last-modified: Sat, 21 Nov 2026 05:00:00 GMT\r\n",
        ] { response.take(line) }
        #expect(response.status == 206 && response.start == 10 && response.total == 20)
        #expect(response.validator == "Sat, 21 Nov 2026 05:00:00 GMT")
        response.take("ETag: \"strong\"\r\n")
        #expect(response.validator == "\"strong\"")
    }
}
