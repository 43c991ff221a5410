import Foundation
import Glibc
import TestSupport
import Testing

@testable import Engine

@Suite struct CacheFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var environment: [String: String] { ["XDG_CACHE_HOME": folder.file("a/cache")] }
    private var path: String { folder.file("a/cache/camstream") }

    private func refusal() -> CacheFolder.Refusal? {
        do throws(CacheFolder.Refusal) {
            _ = try CacheFolder.look(environment)
            return nil
        } catch {
            return error
        }
    }

    @Test func itIsMadeForThisUserAlone() throws {
        #expect(try CacheFolder.look(environment).path == path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(CacheFolder.find([:]) == nil)
        #expect(CacheFolder.find(["HOME": "relative"]) == nil)
    }

    @Test(arguments: [mode_t(0o720), 0o702, 0o777]) func oneThatOthersMayWriteToIsRefused(mode: mode_t) throws {
        #expect(refusal() == nil)
        chmod(path, mode)
        #expect(refusal() == .open(path: path))
        chmod(path, 0o755)
        #expect(refusal() == nil)
    }

    @Test func oneThatOthersMayMoveIsRefused() throws {
        #expect(refusal() == nil)
        chmod(folder.file("a/cache"), 0o777)
        #expect(refusal() == .open(path: folder.file("a/cache")))
        chmod(folder.file("a/cache"), 0o1777)
        #expect(refusal() == nil)
    }

    @Test(.enabled(if: getuid() == 0, "only root can give a folder away"))
    func anotherUsersIsRefused() throws {
        #expect(refusal() == nil)
        #expect(chown(path, 65534, 65534) == 0)
        #expect(refusal() == .ofAnother(path: path))
    }
}

@Suite struct CompiledCacheTests {
    private let folder: TemporaryFolder
    private var cache: URL { URL(filePath: folder.path) }

    init() throws { folder = try TemporaryFolder() }

    /// A graph of 1000 bytes that was used so many hours ago.
    private func keep(_ key: String, hoursAgo: Int) throws {
        let kept = try #require(CompiledCache(key, in: cache, capacity: .max))
        try Data(count: 1000).write(to: URL(filePath: "\(kept.path)/1.blob"))
        let used = timespec(tv_sec: time(nil) - hoursAgo * 3600, tv_nsec: 0)
        #expect(utimensat(AT_FDCWD, kept.path, [used, used], 0) == 0)
    }

    private var kept: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.file("engine")).sorted() }
    }

    @Test func theLongestUnusedGoUntilTheRestIsSmallEnough() throws {
        for (number, key) in ["a", "b", "c", "d"].enumerated() { try keep(key, hoursAgo: 10 - number) }
        // Used again.
        _ = CompiledCache("a", in: cache, capacity: 2000)
        #expect(try kept == ["a", "b", "c", "d"])
        let new = CompiledCache("e", in: cache, capacity: 2000)
        #expect(new != nil)
        #expect(try kept == ["a", "d", "e"])
    }

    @Test func whatIsInUseStays() throws {
        for (number, key) in ["a", "b", "c"].enumerated() { try keep(key, hoursAgo: 10 - number) }
        let used = CompiledCache("a", in: cache)
        let time = timespec(tv_sec: 1000, tv_nsec: 0)
        #expect(utimensat(AT_FDCWD, folder.file("engine/a"), [time, time], 0) == 0)
        let new = CompiledCache("d", in: cache, capacity: 1)
        #expect(try kept == ["a", "d"])
        withExtendedLifetime((used, new)) {}
    }

    @Test func whatOlderVersionsLeftGoesAndNothingElse() throws {
        for name in ["123.blob", "mine.blob", "speed.json"] { try folder.write([1], to: name) }
        let new = CompiledCache("a", in: cache)
        #expect(try folder.contents() == ["engine", "mine.blob", "speed.json"])
        withExtendedLifetime(new) {}
    }

    @Test func aLinkIsNotEntered() throws {
        let elsewhere = try TemporaryFolder()
        mkdir(folder.file("engine"), 0o700)
        symlink(elsewhere.path, folder.file("engine/a"))
        #expect(CompiledCache("a", in: cache) == nil)
    }
}
