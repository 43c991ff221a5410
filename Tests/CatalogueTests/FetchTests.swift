import Foundation
import Glibc
import Infer
import TestSupport
import Testing

@testable import Catalogue

@Suite(.timeLimit(.minutes(30))) struct FetchTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// The one error line of a fetch.
    private func failure(_ address: String, _ bench: Bench? = nil) throws -> CatalogueError {
        try #require(throws: CatalogueError.self) { try (bench ?? self.bench).fetch(from: address) }
    }

    @Test func theModelItsCardAndItsLabelsAreStored() throws {
        let model = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Fixtures.model("gap_gemm"))))
        let bench = try Bench(model)
        let served = bench.served
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        let fetch = Fetch(store: bench.store, catalogue: bench.catalogue)
        let entry = try bench.catalogue.requireEntry(named: "tiny")
        let result = try fetch(entry, from: server.address("tiny-7.onnx"))
        #expect(result.path == "\(bench.store.folder)/tiny/tiny.onnx" && bench.store.model("tiny") == result.path)
        #expect(result.summary?.labels?.count == 3 && result.problem == nil)
        #expect(bench.contents() == ["tiny"])
        #expect(bench.contents("tiny") == ["labels.txt", "tiny.onnx", "tiny.yaml"])
        #expect(try bench.stored("tiny/tiny.onnx") == model)
        #expect(try bench.stored("tiny/labels.txt") == Array("one\ntwo\nthree\n".utf8))
        let card = String(decoding: try bench.stored("tiny/tiny.yaml"), as: UTF8.self)
        #expect(card.contains("labels: labels.txt") && card.contains("model: tiny.onnx"))
        #expect(server.requests.map(\.target) == ["/tiny-7.onnx"] && server.requests[0]["Range"] == nil)
        // A second time nothing is asked for.
        #expect(try fetch(entry, from: server.address("tiny-7.onnx")).summary == nil)
        #expect(server.requests.count == 1)
    }

    @Test func aWrongChecksumKeepsNothing() throws {
        var served = bench.served
        served.bytes[77] ^= 1
        let server = try LocalServer { [served] request, _ in .bytes(served.answer(request)) }
        let error = try failure(server.address("tiny-7.onnx"))
        #expect(error.description.contains("SHA-256") && error.category == .unavailable)
        #expect(bench.isNothingFound && bench.contents().isEmpty)
        #expect(server.requests.count == 1)
    }

    @Test func aWrongSizeIsToldBeforeAnythingIsTaken() throws {
        let server = try LocalServer { request, _ in .bytes(ServedFile(Array("<html>".utf8)).answer(request)) }
        let error = try failure(server.address("tiny-7.onnx"))
        #expect(error.description.contains("sends 6 bytes, not the published 100000"))
        #expect(bench.isNothingFound && bench.contents().isEmpty)
    }

    @Test(arguments: [-1, 1])
    func aWrongSizeThatIsNotAnnouncedIsTold(difference: Int) throws {
        let body = difference < 0 ? Array(bench.bytes.dropLast()) : bench.bytes + [0]
        let server = try LocalServer { _, _ in .bytes(Array("HTTP/1.0 200 OK\r\n\r\n".utf8) + body) }
        guard case .sizeDiffers(_, let bytes, 100_000) = try failure(server.address("tiny-7.onnx")) else {
            Issue.record("another error")
            return
        }
        #expect(difference < 0 ? bytes == 99_999 : bytes > 100_000)
        #expect(bench.isNothingFound && bench.contents().isEmpty)
    }

    @Test func redirectsAreFollowed() throws {
        let served = bench.served
        let server = try LocalServer { request, _ in
            request.target == "/here"
                ? .bytes(served.answer(request)) : LocalServer.status("302 Found", ["Location: /here"])
        }
        try bench.fetch(from: server.address("there"))
        #expect(server.requests.map(\.target) == ["/there", "/here"])
        #expect(try bench.stored("tiny/tiny.onnx") == bench.bytes)
    }

    @Test func aCircleOfRedirectsEnds() throws {
        let server = try LocalServer { _, _ in LocalServer.status("302 Found", ["Location: /again"]) }
        let error = try failure(server.address("again"))
        #expect(error.description.contains("redirects") && error.category == .unavailable)
        #expect(server.requests.count == 11)
        #expect(bench.contents().isEmpty)
    }

    @Test func aRedirectCannotLeadToAFile() throws {
        let path = try bench.folder.write(bench.bytes, to: "secret")
        let server = try LocalServer { _, _ in LocalServer.status("302 Found", ["Location: file://\(path)"]) }
        #expect(try failure(server.address("tiny-7.onnx")).category == .unavailable)
        #expect(bench.isNothingFound)
    }

    @Test func anHTTPSAddressIsNeverLeftForPlainHTTP() {
        #expect(Transfer.protocols(for: "https://example.org/x") == "https")
        #expect(Transfer.protocols(for: "HTTPS://example.org/x") == "https")
        #expect(Transfer.protocols(for: "http://example.org/x") == "http,https")
    }

    @Test func aMissingFileIsNotTriedAgain() throws {
        let server = try LocalServer { _, _ in LocalServer.status("404 Not Found") }
        let error = try failure(server.address("tiny-7.onnx"))
        #expect(error.description.contains("HTTP status 404") && error.description.contains(server.address("tiny-7")))
        #expect(error.description.contains("camstream models add tiny-7.onnx"))
        #expect(server.requests.count == 1 && bench.contents().isEmpty)
    }

    @Test func aServerInTroubleIsTriedAgain() throws {
        let served = bench.served
        let server = try LocalServer { request, number in
            number < 2 ? LocalServer.status("503 Service Unavailable") : .bytes(served.answer(request))
        }
        let events = try bench.fetch(from: server.address("tiny-7.onnx"))
        let again = Download.Event.triesAgain(reason: "the server answers with HTTP status 503", after: .zero)
        #expect(events == [again, again])
        #expect(try bench.stored("tiny/tiny.onnx") == bench.bytes)
    }

    @Test func aServerThatStaysInTroubleIsGivenUp() throws {
        let server = try LocalServer { _, _ in LocalServer.status("500 Internal Server Error") }
        #expect(try failure(server.address("tiny-7.onnx")).description.contains("HTTP status 500"))
        #expect(server.requests.count == 4 && bench.contents().isEmpty)
    }

    @Test func nothingListeningIsToldAtOnce() throws {
        let port = try Listener().port  // closed again
        let address = "http://127.0.0.1:\(port)/tiny-7.onnx"
        let error = try failure(address)
        #expect(error.category == .unavailable)
        #expect(error.description.contains(address) && error.description.contains("camstream models add tiny-7.onnx"))
        #expect(bench.contents().isEmpty)
    }

    @Test func whatIsNoWebAddressIsRefused() throws {
        let error = try failure("ftp://example.org/tiny-7.onnx")
        #expect(error.category == .usage && error.description.contains("https://"))
    }

    @Test func secretsOfAnAddressAreNotShown() throws {
        let port = try Listener().port
        let error = try failure("http://me:hush@127.0.0.1:\(port)/tiny-7.onnx")
        #expect(!error.description.contains("hush") && error.description.contains("//***@"))
    }

    @Test func aFullDiskIsToldAndLeavesNothingToFind() throws {
        let part = "\(bench.store.folder)/.tiny.part"
        try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: true)
        try #require(symlink("/dev/full", "\(part)/tiny.onnx") == 0)
        let served = bench.served
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        let error = try failure(server.address("tiny-7.onnx"))
        #expect(error.description.hasPrefix("the disk is full") && error.category == .cannotWrite)
        #expect(bench.isNothingFound)
    }

    @Test func aDiskWithoutRoomIsToldBeforeAnythingIsAskedFor() throws {
        let huge = try Bench(size: 1 << 60)
        let server = try LocalServer { _, _ in LocalServer.status("404 Not Found") }
        let error = try failure(server.address("tiny-7.onnx"), huge)
        #expect(error.description.hasPrefix("not enough room") && error.category == .cannotWrite)
        #expect(server.requests.isEmpty && huge.contents().isEmpty)
    }

    @Test func aStoreThatCannotBeMadeIsTold() throws {
        try bench.folder.write([], to: "data")
        let error = try failure("http://127.0.0.1:9/tiny-7.onnx")
        #expect(error.category == .cannotWrite && error.description.contains(bench.store.folder))
    }

    @Test func twoFetchesAtOnceMakeOneDownload() async throws {
        let served = bench.served
        let server = try LocalServer { request, _ in .bytes(served.answer(request)) }
        let address = server.address("tiny-7.onnx")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { try bench.fetch(from: address) } }
            for try await _ in group {}
        }
        #expect(server.requests.count == 1)
        #expect(try bench.stored("tiny/tiny.onnx") == bench.bytes)
        #expect(bench.contents() == ["tiny"] && bench.contents("tiny") == ["labels.txt", "tiny.onnx", "tiny.yaml"])
    }
}
