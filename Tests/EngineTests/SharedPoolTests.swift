import Dispatch
import Pipeline
import Synchronization
import Testing

@testable import Engine

@Suite(.timeLimit(.minutes(30))) struct SharedPoolTests {
    private final class Thing: Sendable {}
    private final class Count: Sendable { let value = Mutex(0) }
    private struct Failure: Error {}
    private let pool = SharedPool<String, Thing>()

    @Test func whatIsMadeHoldsUpNobodyWhoWantsSomethingElse() throws {
        // Threads of their own: who waits in the shared pool holds up other tests.
        let threads = try ["first", "second"].map { try StageThread($0) }
        let (other, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let pool = pool
        threads[0].run {
            // Is made only when the other is.
            _ = pool.find("a") { () -> Thing in
                other.wait()
                return Thing()
            }
            done.signal()
        }
        threads[1].run {
            _ = pool.find("b") { () -> Thing in
                other.signal()
                return Thing()
            }
            done.signal()
        }
        for _ in threads { #expect(done.wait(timeout: .now() + .seconds(60)) == .success) }
    }

    @Test func manyWhoWantTheSameAtOnceGetTheSame() async {
        let made = Count()
        let pool = pool
        let things = await withTaskGroup(of: Thing.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    pool.find("a") { () -> Thing in
                        made.value.withLock { $0 += 1 }
                        return Thing()
                    }
                }
            }
            return await group.reduce(into: [Thing]()) { $0.append($1) }
        }
        #expect(made.value.withLock { $0 } == 1 && things.allSatisfy { $0 === things[0] })
    }

    @Test func aFailureIsOnlyItsOwn() throws {
        #expect(throws: Failure.self) { try pool.find("a") { () throws(Failure) -> Thing in throw Failure() } }
        let thing = Thing()
        #expect(pool.find("a") { thing } === thing)
    }
}
