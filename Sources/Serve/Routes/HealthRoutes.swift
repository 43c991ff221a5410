import HTTPTypes
import HummingbirdCore
import NIOCore

/// What supervisors ask for.
struct HealthRoutes: Sendable {
    let program: ServedProgram
    let feed: LiveFeed
    let metrics: Metrics
    let staleAfter: Duration
    /// What is not wrong yet, and will be.
    let warning: @Sendable () -> String?

    @Sendable func alive(_ request: Request, _ channel: any Channel) -> Response { .text("ok\n") }

    /// 503 while the program is not ready or there are no fresh pictures, one reason a line. What will be wrong comes last.
    @Sendable func ready(_ request: Request, _ channel: any Channel) async -> Response {
        var problems = await program.problems()
        if let age = feed.age {
            if age > staleAfter {
                problems.append("the newest picture is \(fixed(age.inSeconds, digits: 1)) s old")
            }
        } else {
            problems.append("there is no picture yet")
        }
        let isReady = problems.isEmpty
        let lines = (isReady ? ["ready"] : problems) + [warning()].compactMap(\.self)
        return .text(lines.map { "\($0)\n" }.joined(), status: isReady ? .ok : .serviceUnavailable)
    }

    @Sendable func measurements(_ request: Request, _ channel: any Channel) -> Response {
        .text(metrics.text, type: "text/plain; version=0.0.4; charset=utf-8")
    }
}
