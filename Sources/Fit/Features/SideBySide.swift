import Capture
import Engine
import Infer
import Pipeline
import Synchronization

/// Several workers that take files one after the other, each on a thread of its own, as many as keep the engine busy.
final class SideBySide<Found: Sendable>: Sendable {
    /// Looks at the file of that number.
    typealias Worker = (Int) throws -> Found

    private let count: Int
    private let compiled: CompiledModel
    private let model: String
    private let name: String
    private let isCancelled: @Sendable () -> Bool
    private let progress: @Sendable (Int, Int) -> Void
    private let interrupt = Interrupt()

    private struct State {
        var next = 0
        var done = 0
        var found: [Found?]
        var failure: (any Error)?
    }
    private let state: Mutex<State>

    /// - Parameters:
    ///   - count: of files.
    ///   - model: the path of what is compiled, for errors.
    ///   - name: of the threads.
    ///   - isCancelled: asked before each file, on any thread.
    ///   - progress: is told of files that are done, by any thread.
    init(
        _ count: Int, on compiled: CompiledModel, of model: String, threads name: String,
        isCancelled: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) {
        (self.count, self.compiled, self.model, self.name) = (count, compiled, model, name)
        (self.isCancelled, self.progress) = (isCancelled, progress)
        state = Mutex(State(found: Array(repeating: nil, count: count)))
    }

    /// To be called once.
    ///
    /// - Parameter makeWorker: called on each thread.
    /// - Returns: what each file gave, in their order, whoever has looked at it.
    func callAsFunction(_ makeWorker: @escaping @Sendable (Interrupt) throws -> Worker) throws -> [Found] {
        let workers: Int
        do throws(OpenVINOError) {
            workers = min(try compiled.bestRequestCount(), count)
        } catch {
            throw InferError.engine(.refused(path: model, error))
        }
        var threads: [StageThread] = []
        for number in 0..<workers { threads.append(try StageThread("\(name) \(number)")) }
        for thread in threads { thread.run { self.work(makeWorker) } }
        for thread in threads { _ = thread.wait() }
        let (found, failure) = state.withLock { ($0.found, $0.failure) }
        if let failure { throw failure }
        return found.compactMap(\.self)
    }

    private func work(_ makeWorker: @Sendable (Interrupt) throws -> Worker) {
        do {
            let worker = try makeWorker(interrupt)
            while let number = take() {
                guard !isCancelled() else { throw HeadError.cancelled }
                let found = try worker(number)
                let done = state.withLock { state in
                    state.found[number] = found
                    state.done += 1
                    return state.done
                }
                progress(done, count)
            }
        } catch {
            let failure: any Error =
                (error as? OpenVINOError).map { InferError.engine(.refused(path: model, $0)) } ?? error
            state.withLock { $0.failure = $0.failure ?? failure }
            interrupt.raise()
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.failure == nil, state.next < count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }
}
