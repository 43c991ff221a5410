import Dispatch
import Pipeline
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct WorkQueueTests {
    /// What cannot be copied goes through it, too.
    private struct Job: ~Copyable, Sendable { let number: Int }

    private final class Records: Sendable {
        let done = Mutex<[Int]>([])
        let lost = Mutex<[Int]>([])
        let reasons = Mutex<Set<String>>([])
        let idle = Atomic(0)
        /// Begins with the first job.
        let begun = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
    }
    private let records = Records()

    /// - Parameter waits: whether each job waits for `goOn`.
    private func queue(capacity: Int, waits: Bool = false) throws -> WorkQueue<Job> {
        try WorkQueue("under test", capacity: capacity) { [records] job in
            if waits {
                records.begun.signal()
                records.goOn.wait()
            }
            let number = job.number
            records.done.withLock { $0.append(number) }
        } onLoss: { [records] job, loss in
            let number = job.number
            records.lost.withLock { $0.append(number) }
            _ = records.reasons.withLock { $0.insert("\(loss)") }
        } onIdle: { [records] in
            records.idle.add(1, ordering: .relaxed)
        }
    }

    private var done: [Int] { records.done.withLock { $0 } }
    private var lost: [Int] { records.lost.withLock { $0 } }
    private var reasons: Set<String> { records.reasons.withLock { $0 } }

    @Test func whoOffersNeverWaitsAndWhatThereIsNoRoomForIsToldTheOldestFirst() throws {
        let queue = try queue(capacity: 2, waits: true)
        queue.offer(Job(number: 0))
        records.begun.wait()
        for number in 1...5 { queue.offer(Job(number: number)) }
        #expect(queue.count == 2 && lost == [1, 2, 3] && done.isEmpty)
        #expect(!queue.drain(within: .milliseconds(1)))
        for _ in 0..<3 { records.goOn.signal() }
        let isDrained = queue.drain()
        #expect(isDrained && done == [0, 4, 5] && queue.count == 0 && reasons == ["full"])
        #expect(records.idle.load(ordering: .relaxed) == 1)
    }

    @Test func whatIsNotBegunInTimeIsLostAndLaterThereIsTimeAgain() throws {
        let queue = try queue(capacity: 8, waits: true)
        queue.offer(Job(number: 0))
        records.begun.wait()
        for number in 1...3 { queue.offer(Job(number: number)) }
        queue.expire(at: .now)
        records.goOn.signal()
        queue.drain()
        #expect(done == [0] && lost == [1, 2, 3] && reasons == ["late"])
        queue.expire(at: nil)
        records.goOn.signal()
        queue.offer(Job(number: 4))
        queue.drain()
        #expect(done == [0, 4] && lost == [1, 2, 3])
    }

    @Test func aClosedQueueWorksOnWhatWaitsAndTakesNoMore() throws {
        let queue = try queue(capacity: 8, waits: true)
        queue.offer(Job(number: 0))
        records.begun.wait()
        queue.offer(Job(number: 1))
        queue.close()
        queue.offer(Job(number: 2))
        queue.then { [records] in records.done.withLock { $0.append(100) } }
        for _ in 0..<2 { records.goOn.signal() }
        queue.drain()
        #expect(done == [0, 1, 100] && lost == [2] && reasons == ["closed"])
    }

    @Test func nothingIsForgottenThatComesAsTheThreadRunsOutOfWork() throws {
        let queue = try queue(capacity: 1)
        for number in 0..<20_000 {
            queue.offer(Job(number: number))
            // Now and then the thread is through before the next one comes.
            if number % 7 == 0 { queue.drain() }
        }
        queue.drain()
        #expect(done.count + lost.count == 20_000 && queue.count == 0)
        #expect(done.last == 19_999 && zip(done, done.dropFirst()).allSatisfy(<))
    }

    @Test func itsThreadEndsWithIt() throws {
        weak var freed: WorkQueue<Job>?
        do {
            let queue = try queue(capacity: 1)
            freed = queue
            queue.offer(Job(number: 0))
            queue.drain()
        }
        // The thread lets go of it after it has told that it is done.
        while freed != nil {}
        #expect(done == [0])
    }
}
