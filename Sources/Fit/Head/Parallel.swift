import Dispatch
import Infer
import Pipeline

/// Work that is cut into pieces whose results do not depend on which thread does which.
enum Parallel {
    /// Room for the buffers of linear algebra that so many threads take; to be kept as long as they compute.
    static func algebra(threads: Int) throws(HeadError) -> [LinearAlgebra] {
        do throws(LackOfResources) {
            var sessions: [LinearAlgebra] = []
            for _ in 0..<max(1, threads) { sessions.append(try LinearAlgebra()) }
            return sessions
        } catch {
            throw .resources(error)
        }
    }

    /// - Parameter threads: at most; with one all is done on the calling thread.
    static func run(_ count: Int, threads: Int, _ piece: @Sendable (Int) -> Void) {
        let threads = min(threads, count)
        guard threads > 1 else { return (0..<count).forEach(piece) }
        // Pieces are of one size: each thread takes every so manyth.
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for index in stride(from: thread, to: count, by: threads) { piece(index) }
        }
    }
}
