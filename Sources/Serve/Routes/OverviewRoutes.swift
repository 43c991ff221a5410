import HTTPTypes
import HummingbirdCore
import NIOCore

/// What there is of all cameras together, where they have names.
struct OverviewRoutes: Sendable {
    let cameras: ServedCameras
    let staleAfter: Duration

    private let page = Page(PackageResources.overview_html)

    init(cameras: ServedCameras, staleAfter: Duration) { (self.cameras, self.staleAfter) = (cameras, staleAfter) }

    /// A tile for each camera.
    @Sendable func show(_ request: Request, _ channel: any NIOCore.Channel) async -> Response {
        guard Query(request)["action"] == nil else {
            return .problem(.notFound, "each camera has its own: cameras/NAME/?action=…; GET api/cameras lists them")
        }
        return page.answer([:])
    }

    private struct Camera: Encodable {
        let name: String
        let isRequired: Bool
        let isReady: Bool
        /// Why it is not.
        let problems: [String]
        /// Of the stream.
        let clients: Int
        /// Age of the newest picture; slates do not count.
        let ageMs: Double?
        let live: LiveState
    }

    /// All cameras in the order of the config, and how they are.
    @Sendable func list(_ request: Request, _ channel: any NIOCore.Channel) async -> Response {
        var list: [Camera] = []
        for camera in cameras.all {
            let problems = await camera.problems(staleAfter: staleAfter)
            list.append(
                Camera(
                    name: camera.name, isRequired: camera.isRequired, isReady: problems.isEmpty, problems: problems,
                    clients: camera.feed.clients, ageMs: camera.feed.age.map { $0.inMilliseconds.rounded() },
                    live: await camera.program.state()))
        }
        return .json(["cameras": list])
    }
}
