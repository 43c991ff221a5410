import Foundation
import Glibc
import TestSupport
import Testing

@testable import Batch

@Suite struct JobLockTests {
    private final class HandClock {
        var now = ContinuousClock.now
        func pass(_ seconds: Int) { now += .seconds(seconds) }
    }

    /// A lock of a process on another machine.
    private func foreign(beat: Int) -> [UInt8] {
        Array(
            "{\"host\":\"far\",\"space\":\"elsewhere\",\"process\":1,\"started\":\"1\",\"nonce\":1,\"beat\":\"\(beat)\"}"
                .utf8)
    }

    @Test func oneOfTwoGetsIt() throws {
        let folder = try TemporaryFolder()
        let lock = try #require(try JobLock.create(folder.file("a.lock")))
        #expect(try JobLock.create(folder.file("a.lock")) == nil)
        lock.release()
        #expect(try JobLock.create(folder.file("a.lock")) != nil)
    }

    @Test func aLivingOwnersLockStays() throws {
        let folder = try TemporaryFolder()
        let clock = HandClock()
        let watch = LockWatch(now: { clock.now })
        for beat in 1...20 {
            try folder.write(foreign(beat: beat), to: "a.lock")
            #expect(!watch.clear(folder.file("a.lock")))
            clock.pass(50)
        }
    }

    @Test func aLockThatDoesNotChangeForALeaseIsTakenAway() throws {
        let folder = try TemporaryFolder()
        let clock = HandClock()
        let watch = LockWatch(now: { clock.now })
        let path = try folder.write(foreign(beat: 1), to: "a.lock")
        #expect(!watch.clear(path))
        clock.pass(59)
        #expect(!watch.clear(path))
        clock.pass(2)
        #expect(watch.clear(path))
        #expect(try folder.contents() == [])
    }

    @Test func whatAFilesTimeSaysDecidesNothing() throws {
        let folder = try TemporaryFolder()
        let clock = HandClock()
        let watch = LockWatch(now: { clock.now })
        let path = try folder.write(foreign(beat: 1), to: "a.lock")
        // Of a machine whose clock stands in 1970, and of one in 2096.
        for seconds in [0, 4_000_000_000] {
            var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
            #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
            #expect(!watch.clear(path))
            clock.pass(20)
        }
    }

    @Test func theLockOfADeadProcessOfThisMachineIsTakenAwayAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.lock")
        var owner = LockOwner()
        #expect(!owner.isDead)
        owner.started = "1"  // its number is another process's now
        #expect(owner.isDead)
        let lock = try #require(try JobLock.create(path, owner))
        #expect(LockWatch().clear(path))
        #expect(!lock.isHeld)
    }

    @Test func whoHasLostALockKnows() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.lock")
        let lock = try #require(try JobLock.create(path))
        #expect(lock.isHeld)
        #expect(unlink(path) == 0)
        let other = try #require(try JobLock.create(path))
        #expect(!lock.isHeld)
        // Nor does it write into, or take away, the other one's.
        lock.renew()
        lock.release()
        #expect(other.isHeld)
    }

    @Test func aLockThatIsRenewedIsAnotherContent() throws {
        let folder = try TemporaryFolder()
        let lock = try #require(try JobLock.create(folder.file("a.lock")))
        let before = try folder.bytes(of: "a.lock")
        lock.renew()
        let after = try folder.bytes(of: "a.lock")
        #expect(before != after)
        #expect(before.count == after.count)
        #expect((try? JSONDecoder().decode(LockOwner.self, from: Data(after))) != nil)
    }

    @Test func leasesAreRenewedByThemselves() async throws {
        let folder = try TemporaryFolder()
        let lock = try #require(try JobLock.create(folder.file("a.lock")))
        let keeper = LeaseKeeper(every: .milliseconds(5))
        keeper.keep(lock)
        let before = try folder.bytes(of: "a.lock")
        while try folder.bytes(of: "a.lock") == before { await Task.yield() }
        keeper.release(lock)
        #expect(try folder.contents() == [])
    }

    @Test func aFolderThatCannotBeWrittenIsNoOneElsesLock() throws {
        #expect(throws: JobFailure.self) { try JobLock.create("/nowhere/a.lock") }
    }
}
