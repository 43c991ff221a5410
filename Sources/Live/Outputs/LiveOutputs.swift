import Encode
import Logging

/// What the live pictures of a camera go to, from one pipeline to the next.
struct LiveOutputs: Sendable {
    /// In the order in which they get a picture, and end.
    static let kinds: [any LiveOutput.Type] = [
        LiveViewers.self, LiveRecording.self, KeptRecording.self, LiveSidecar.self, LiveStream.self,
        LivePushes.self,
    ]

    /// What each may lack.
    static var losses: [OutputLoss] { kinds.compactMap { $0.loss } }

    let config: EncodeConfig
    let all: [any LiveOutput]

    /// - Parameter previous: what this camera's pictures went to until now. What suits the new settings goes on.
    /// - Throws: `EncodeError` if one of them cannot be written, `LackOfResources`. Nothing is written yet.
    init(_ config: EncodeConfig, after previous: LiveOutputs?, _ hub: LiveHub, _ log: Logger) throws {
        let opening = OutputOpening(config: config, hub: hub, goesOn: previous != nil, log: log)
        self.config = config
        all = try Self.kinds.compactMap { kind in
            let known = previous?.all.first { type(of: $0) == kind && $0.goesOn(under: config) }
            return try known ?? kind.open(opening)
        }
    }

    /// Files whose disk takes longer are completed in the background.
    private static let timeToHandOver = Duration.seconds(1)
    /// What each may take at least, however long those before it took.
    private static let leastTime = Duration.milliseconds(100)

    /// Ends those that the next ones have not taken over.
    ///
    /// - Throws: what the first of them throws that cannot be completed; the others are ended, too.
    func handOver(to next: LiveOutputs) throws(EncodeError) {
        try end(all.filter { output in !next.all.contains { $0 === output } }) { output throws(EncodeError) in
            try output.handOver(within: Self.timeToHandOver)
        }
    }

    /// Blocks until all are complete.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    /// - Throws: as `handOver`.
    func finish(within limit: Duration?) throws(EncodeError) {
        let start = ContinuousClock.now
        try end(all) { output throws(EncodeError) in
            try output.finish(within: limit.map { max($0 - (.now - start), Self.leastTime) })
        }
    }

    private func end(
        _ outputs: [any LiveOutput], _ end: (any LiveOutput) throws(EncodeError) -> Void
    ) throws(EncodeError) {
        var failure: EncodeError?
        for output in outputs {
            do throws(EncodeError) { try end(output) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}
