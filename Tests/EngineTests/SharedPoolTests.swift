import Dispatch
import Synchronization
import Testing

@testable import Engine

@Suite(.timeLimit(.minutes(30))) struct SharedPoolTests {
    private final class Thing: Sendable {}
    private final class Count: Sendable { let value = Mutex(0) }
    private struct Failure: Error {}
    private let pool = SharedPool<String, Thing>()

    @Test func whatIsMadeHoldsUpNobodyWhoWantsSomethingElse() async {
        let other = DispatchSemaphore(value: 0)
        let pool = pool
        // The first is done only when the second is.
        async let first = Task.detached {
            pool.find("a") { () -> Thing in
                other.wait()
                return Thing()
            }
        }.value
        async let second = Task.detached {
            pool.find("b") { () -> Thing in
                other.signal()
                return Thing()
            }
        }.value
        let (a, b) = await (first, second)
        #expect(a !== b)
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
