import HTTPTypes
import HummingbirdCore
import NIOCore

/// What supervisors ask for.
struct HealthRoutes: Sendable {
    let cameras: ServedCameras
    let metrics: Metrics
    let staleAfter: Duration
    /// What is not wrong yet, and will be.
    let warning: @Sendable () -> String?

    @Sendable func alive(_ request: Request, _ channel: any Channel) -> Response { .text("ok\n") }

    /// 503 while a camera that is required is not ready, one reason a line. The others are told of below, and what will be
    /// wrong comes last.
    @Sendable func ready(_ request: Request, _ channel: any Channel) async -> Response {
        let cameras = cameras.all
        var (problems, notes): ([String], [String]) = ([], [])
        if cameras.isEmpty { problems.append("there is no camera") }
        for camera in cameras {
            for problem in await camera.problems(staleAfter: staleAfter) {
                if camera.name.isEmpty {
                    problems.append(problem)
                } else if camera.isRequired {
                    problems.append("\(camera.name): \(problem)")
                } else {
                    notes.append("\(camera.name), which is not required: \(problem)")
                }
            }
        }
        let isReady = problems.isEmpty
        let lines = (isReady ? ["ready"] : problems) + notes + [warning()].compactMap(\.self)
        return .text(lines.map { "\($0)\n" }.joined(), status: isReady ? .ok : .serviceUnavailable)
    }

    @Sendable func measurements(_ request: Request, _ channel: any Channel) -> Response {
        .text(metrics.text, type: "text/plain; version=0.0.4; charset=utf-8")
    }
}

extension ServedCamera {
    /// Why it is not ready: what the program says, and that there are no fresh pictures.
    func problems(staleAfter: Duration) async -> [String] {
        var problems = await program.problems()
        if let age = feed.age {
            if age > staleAfter {
                problems.append("the newest frame is \(fixed(age.inSeconds, digits: 1)) s old")
            }
        } else {
            problems.append("there is no picture yet")
        }
        return problems
    }
}
