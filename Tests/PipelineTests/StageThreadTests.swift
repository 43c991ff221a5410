import Foundation
import Pipeline
import Testing

@Suite(.timeLimit(.minutes(1))) struct StageThreadTests {
    @Test func aTaskRunsOnItsStagesNamedThreadEvenAfterItWaited() async throws {
        let thread = StageThread("stage-under-test")
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
}

private func threadName() -> String {
    let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return name?.trimmingCharacters(in: .newlines) ?? ""
}
