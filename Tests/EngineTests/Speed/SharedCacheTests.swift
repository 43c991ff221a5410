import Dispatch
import Foundation
import Glibc
import ONNX
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// Several that compile the same graph with one cache, as two programs that start at a time do.
struct SharedCacheTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// - Returns: whether it was kept, or taken from the cache.
    @discardableResult private func compile() throws -> Bool {
        let model = try Model(contentsOf: Fixtures.model("vgg"))
        let input = try PictureInput(of: model)
        let compiler = ModelCompiler(
            file: model.file, core: try .shared(), properties: ["NUM_STREAMS": "1"], cache: URL(filePath: folder.path))
        return try compiler.compile(model, input: input).kept != nil
    }

    /// Paths of what the engine has kept.
    private var blobs: [String] {
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".blob") }.map { folder.file($0) }
    }

    @Test func allThatCompileAtATimeHaveTheirModel() {
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 12) { _ in
            do {
                try compile()
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(blobs.count == 1)
    }

    @Test func whatAnotherIsCompilingIsNotWaitedFor() throws {
        #expect(try compile())
        let lock = open(URL(filePath: blobs[0]).deletingLastPathComponent().path + "/lock", O_RDWR | O_CLOEXEC)
        #expect(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
        #expect(try !compile())
        close(lock)
        #expect(try compile())
    }

    @Test func aCacheThatCannotBeReadOrWrittenCostsOnlyTime() throws {
        #expect(try compile())
        let blob = try #require(blobs.first)
        unlink(blob)
        mkdir(blob, 0o700)
        try compile()
    }
}
