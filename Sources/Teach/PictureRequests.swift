import Dispatch
import Pipeline
import Serve
import Synchronization

/// Who waits for the next picture.
final class PictureRequests: Sendable {
    /// Calls something after so many microseconds.
    typealias Timer = @Sendable (_ microseconds: Int64, _ action: @escaping @Sendable () -> Void) -> Void

    struct Request: Sendable {
        fileprivate let number: Int
        let classID: Int
        /// To be called once.
        let answer: @Sendable (Result<TakenExample, TeachRefusal>) -> Void
    }

    private struct State {
        var waiting: [Request] = []
        var count = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let after: Timer

    /// How long a picture may take, in microseconds.
    static let patience: Int64 = 2_000_000
    /// More than people can hold buttons.
    private static let most = 1000

    static let usualTimer: Timer = { time, action in
        DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(Int(time)), execute: action)
    }

    init(after: @escaping Timer) { self.after = after }

    var areWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// - Parameter answer: is called once, on any thread.
    func add(forClass id: Int, answer: @escaping @Sendable (Result<TakenExample, TeachRefusal>) -> Void) {
        let number = state.withLock { state -> Int? in
            guard !state.isClosed, state.waiting.count < Self.most else { return nil }
            state.count += 1
            state.waiting.append(Request(number: state.count, classID: id, answer: answer))
            return state.count
        }
        guard let number else { return answer(.failure(.conflict("nobody takes pictures any more"))) }
        after(Self.patience) { [weak self] in self?.expire(number) }
    }

    /// Those that get the picture that is there now: the longest waiting of each class. Others of the same class wait for the
    /// next one, since each wants a picture of its own.
    func served() -> [Request] {
        state.withLock { state in
            var classes: Set<Int> = []
            let served = state.waiting.filter { classes.insert($0.classID).inserted }
            let numbers = Set(served.map(\.number))
            state.waiting.removeAll { numbers.contains($0.number) }
            return served
        }
    }

    func close() {
        let left = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for request in left { request.answer(.failure(.conflict("teaching has ended"))) }
    }

    private func expire(_ number: Int) {
        let late = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        late?.answer(.failure(.conflict("no picture comes")))
    }
}
