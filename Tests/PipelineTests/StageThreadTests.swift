import Dispatch
import Foundation
import Pipeline
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct StageThreadTests {
    @Test func aTaskRunsOnItsStagesNamedThreadEvenAfterItWaited() async throws {
        let thread = try StageThread("stage-under-test")
        let gate = Channel<Int>(capacity: 1, whenFull: .block)
        let names = await withTaskGroup(of: [String].self) { group in
            group.addTask(executorPreference: thread) {
                let before = threadName()
                _ = await gate.receive()
                return [before, threadName()]
            }
            _ = await gate.send(1)
            return await group.next() ?? []
        }
        // The kernel keeps 15 bytes of a thread's name.
        #expect(names == ["stage-under-tes", "stage-under-tes"])
    }

    @Test func workThatBlocksIsDoneInItsOrder() throws {
        let thread = try StageThread("work", niceness: 7)
        let done = Mutex<[Int]>([])
        let isDone = DispatchSemaphore(value: 0)
        for number in 0..<100 { thread.run { done.withLock { $0.append(number) } } }
        thread.run { isDone.signal() }
        isDone.wait()
        #expect(done.withLock { $0 } == Array(0..<100))
    }

    @Test func aNiceThreadLetsOthersGoFirst() throws {
        let thread = try StageThread("nice", niceness: 7)
        let niceness = Atomic<Int32>(-1)
        let isDone = DispatchSemaphore(value: 0)
        let own = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        thread.run {
            niceness.store(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0), ordering: .relaxed)
            isDone.signal()
        }
        isDone.wait()
        #expect(niceness.load(ordering: .relaxed) == min(own + 7, 19))
        #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == own)
    }
}

private func threadName() -> String {
    let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return name?.trimmingCharacters(in: .newlines) ?? ""
}
