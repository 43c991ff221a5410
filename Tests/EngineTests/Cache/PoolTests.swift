import Testing

@testable import Engine

/// What is found again, and for how long.
struct PoolTests {
    private final class Thing: Sendable {}

    @Test func whatSomebodyHoldsIsFoundAgain() {
        var pool = Pool<String, Thing>(keeping: 0)
        let held = Thing()
        pool.insert(held, "a")
        pool.insert(Thing(), "b")
        #expect(pool.find("a") === held)
        #expect(pool.find("b") == nil && pool.find("c") == nil)
    }

    @Test func theLatestStayThoughNobodyHoldsThem() {
        var pool = Pool<Int, Thing>(keeping: 2)
        for number in 0..<3 { pool.insert(Thing(), number) }
        #expect(pool.find(0) == nil)
        let second = pool.find(1)
        #expect(second != nil)
        // To be found is to be used.
        pool.insert(Thing(), 3)
        #expect(pool.find(2) == nil)
        #expect(pool.find(1) === second && pool.find(3) != nil)
    }

    @Test func whatIsMadeAnewTakesTheOldOnesPlace() {
        var pool = Pool<String, Thing>(keeping: 1)
        pool.insert(Thing(), "a")
        let second = Thing()
        pool.insert(second, "a")
        #expect(pool.find("a") === second)
    }
}
