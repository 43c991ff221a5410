import COpenBLAS
import Foundation
package import Pipeline
import Synchronization

/// OpenBLAS, as this program uses it: what one session takes of it.
///
/// It keeps a buffer for each thread that computes at the same time, taken at the first larger product. Where it does not
/// get one, it tries again for ever.
package final class LinearAlgebra: Sendable {
    /// Bytes of addresses of a buffer, and what else it takes.
    private static let buffer = 132 << 20
    /// Values of a vector that it does not put on the stack.
    private static let length = 4096
    /// How many sessions there are; each has a thread of its own.
    private static let sessions = Atomic(0)
    /// Which of them it is. Set at the end: what has failed before is not taken back twice.
    private let number: Int

    /// To be made before the first product of a session, and kept as long as it computes.
    ///
    /// - Throws: `LackOfResources.memory` if there is no room for the buffers that it and other sessions may take yet.
    package init() throws(LackOfResources) {
        // Its threads would compete with the engine's; our products are far too small to share out.
        openblas_set_num_threads(1)
        let number = Self.sessions.wrappingAdd(1, ordering: .relaxed).newValue
        do throws(LackOfResources) {
            // The first session has taken its own; products are short, so that hardly more than the cores are at one.
            let missing = min(max(number - 1, 1), ProcessInfo.processInfo.activeProcessorCount + 1)
            try Headroom.requireMemory(bytes: missing * Self.buffer, for: "for linear algebra")
        } catch {
            Self.sessions.wrappingSubtract(1, ordering: .relaxed)
            throw error
        }
        // What comes next may take the last of the memory, so it takes its buffer now.
        let column = [Float](repeating: 0, count: Self.length)
        var product = column
        cblas_sgemv(
            CblasRowMajor, CblasNoTrans, Int32(Self.length), 1, 1, column, 1, [0], 1, 0, &product, 1)
        self.number = number
    }

    deinit { Self.sessions.wrappingSubtract(1, ordering: .relaxed) }
}
