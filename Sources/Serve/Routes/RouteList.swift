import HTTPTypes
import HummingbirdCore
import NIOCore
import Pipeline

/// What clients can ask for.
struct Routes: Sendable {
    /// Of the process.
    let process: [Route]
    /// Of each camera, with paths below its own.
    let camera: [Route]
    /// Of all cameras together, where they have names.
    let overview: [Route]

    /// Where the routes of a camera with a name are.
    static let prefix = "/cameras/"

    /// All of them with their whole paths, as the OpenAPI document tells them.
    func described(areNamed: Bool) -> [Route] {
        // Without its slash, a page is not told of.
        let camera = camera.filter { !$0.path.isEmpty }
        guard areNamed else { return process + camera }
        return process + overview + camera.map { $0.below(Self.prefix + "{camera}") }
    }
}

extension Routes {
    init(
        pictures: PictureRoutes, segments: SegmentRoutes, program: ProgramRoutes, health: HealthRoutes,
        overview: OverviewRoutes,
        teach: TeachRoutes, asksWhoComes: Bool
    ) {
        let page = PageRoute(pictures)
        let signedIn: [Route.Refusal] =
            asksWhoComes
            ? [.init(.seeOther, "The token in the address was right: here is a cookie instead.", type: nil)] : []
        camera =
            [
                Route(
                    method: .get, path: "", access: .view, summary: "The page's address without its last slash",
                    type: "text/html",
                    refusals: signedIn + [.init(.permanentRedirect, "To the page.", type: nil)],
                    answer: .camera(page.addSlash)),
                Route(
                    method: .get, path: "/", access: .view, summary: "The page", type: "text/html",
                    otherTypes: ["image/jpeg", "multipart/x-mixed-replace"],
                    fields: [
                        .init(
                            name: "action", schema: ["type": "string", "enum": ["stream", "snapshot"]],
                            help: "Answers the stream or a snapshot instead, as mjpg-streamer does")
                    ],
                    refusals: signedIn
                        + [.init(.notFound, "There is no such action.")] + PictureRoutes.streamRefusals
                        + PictureRoutes.snapshotRefusals,
                    answer: .camera(page.answer)),
                Route(
                    method: .get, path: "/stream", access: .view, summary: "The live picture as MJPEG",
                    type: "multipart/x-mixed-replace",
                    fields: [
                        .init(
                            name: "advance_headers", schema: ["type": "string"],
                            help: "Sends the next picture's headers right after each picture, without Content-Length, "
                                + "so that Chromium shows it at once; off with 0, false and no")
                    ], refusals: PictureRoutes.streamRefusals, answer: .camera(pictures.stream)),
                Route(
                    method: .get, path: "/snapshot.jpg", access: .view, summary: "The newest picture",
                    type: "image/jpeg",
                    fields: [
                        .init(
                            name: "max_age",
                            schema: ["type": "number", "minimum": .number(0), "maximum": .number(1e6)],
                            help: "Seconds: waits up to 2 s for a picture that is not older, else 503")
                    ], refusals: PictureRoutes.snapshotRefusals, answer: .camera(pictures.snapshot)),
                Route(
                    method: .get, path: "/hls/index.m3u8", access: .view,
                    summary: "The live picture as a playlist of segments (HTTP Live Streaming)",
                    type: "application/vnd.apple.mpegurl", schema: ["type": "string"],
                    refusals: SegmentRoutes.listRefusals, answer: .camera(segments.list)),
                Route(
                    method: .get, path: "/hls/init.mp4", access: .view, summary: "What players need before segments",
                    type: "video/mp4", fields: [SegmentRoutes.number], refusals: SegmentRoutes.segmentRefusals,
                    answer: .camera(segments.head)),
                Route(
                    method: .get, path: "/hls/segment.m4s", access: .view, summary: "A second of the live picture",
                    type: "video/iso.segment", fields: [SegmentRoutes.number],
                    refusals: SegmentRoutes.segmentRefusals, answer: .camera(segments.segment)),
                Route(
                    method: .get, path: "/api/state", access: .view, summary: "What the program does just now",
                    type: "application/json", schema: Schemas.reference("State"), answer: .camera(program.state)),
                Route(
                    method: .get, path: "/api/settings", access: .view, summary: "All settings with what they may be",
                    type: "application/json", schema: Schemas.reference("SettingList"),
                    answer: .camera(program.settings)),
                Route(
                    method: .get, path: "/api/choices", access: .view,
                    summary: "Choices of one setting that match a text",
                    type: "application/json", schema: Schemas.reference("ChoiceList"),
                    fields: [
                        .init(name: "key", schema: ["type": "string"], help: "The setting's key, such as infer.class"),
                        .init(
                            name: "matching", schema: ["type": "string"],
                            help: "What their titles have in them, or a value; without it, all match"),
                        .init(
                            name: "from", schema: ["type": "integer", "minimum": .number(0)],
                            help: "How many are passed over: an answer has 100"),
                    ], refusals: ProgramRoutes.choiceRefusals, answer: .camera(program.choices)),
                Route(
                    method: .patch, path: "/api/settings", access: .control,
                    summary: "Changes the settings that are sent, all or none", type: "application/json",
                    schema: Schemas.reference("SettingValues"), body: Schemas.reference("Settings"),
                    refusals: ProgramRoutes.changeRefusals,
                    answer: .camera(program.change)),
                Route(
                    method: .get, path: "/api/events", access: .view, summary: "What happens, as server-sent events",
                    type: "text/event-stream", schema: Schemas.reference("Events"),
                    refusals: [.init(.serviceUnavailable, "Too many clients listen already.")],
                    answer: .camera(program.follow)),
            ] + teach.list
        self.overview = [
            Route(
                method: .get, path: "/", access: .view, summary: "The page of all cameras", type: "text/html",
                fields: [.init(name: "action", schema: ["type": "string"], help: "Of a camera; see there")],
                refusals: signedIn + [.init(.notFound, "Actions are those of a camera.")],
                answer: .process(overview.show)),
            Route(
                method: .get, path: "/api/cameras", access: .view, summary: "The cameras, and how they are",
                type: "application/json", schema: Schemas.reference("CameraList"), answer: .process(overview.list)),
        ]
        let others = [
            Route(
                method: .get, path: "/healthz", access: .open, summary: "Whether the process lives",
                type: "text/plain", schema: ["type": "string"], answer: .process(health.alive)),
            Route(
                method: .get, path: "/readyz", access: .open, summary: "Whether there are fresh pictures, else 503",
                type: "text/plain", schema: ["type": "string"],
                refusals: [.init(.serviceUnavailable, "It is not ready: a reason a line.", type: "text/plain")],
                answer: .process(health.ready)),
            Route(
                method: .get, path: "/metrics", access: .view, summary: "Measurements for Prometheus",
                type: "text/plain", schema: ["type": "string"], answer: .process(health.measurements)),
        ]
        // The document tells of itself, too.
        let cameras = overview.cameras
        let described = Routes(
            process: others + [Self.document { _, _ in Response(status: .ok) }], camera: camera, overview: self.overview
        )
        process =
            others + [
                Self.document { request, channel in
                    let name = Credentials.cookieName(
                        authority: request.head.authority, localPort: channel.localAddress?.port)
                    return .json(
                        await OpenAPI.document(described, cameras.all, cookieName: asksWhoComes ? name : nil))
                }
            ]
    }

    private static func document(
        _ answer: @escaping @Sendable (Request, any NIOCore.Channel) async throws -> Response
    ) -> Route {
        Route(
            method: .get, path: "/api/openapi.json", access: .view, summary: "This document",
            type: "application/json", schema: ["type": "object"], answer: .process(answer))
    }
}
