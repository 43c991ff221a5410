import Foundation
import Testing

@testable import Live

/// What blocks does not block the tests' threads.
func onThread(_ work: @escaping @Sendable () throws -> Void) async {
    await withCheckedContinuation { continuation in
        Thread {
            #expect(throws: Never.self) { try work() }
            continuation.resume()
        }.start()
    }
}

func finish(_ outputs: LiveOutputs) async { await onThread { try outputs.finish(within: nil) } }
