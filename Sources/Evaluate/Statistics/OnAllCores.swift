import Dispatch
import Synchronization

/// Things that do not need each other, on all cores.
///
/// - Parameter make: the thing with a number.
/// - Returns: in the order of numbers.
package func onAllCores<Result: Sendable>(_ count: Int, _ make: @Sendable (Int) -> Result) -> [Result] {
    let made = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { number in
        let result = make(number)
        made.withLock { $0[number] = result }
    }
    return made.withLock { $0.map { $0! } }
}
