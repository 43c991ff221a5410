import HTTPTypes
import HummingbirdCore
import NIOCore
import Pipeline

/// A camera's live picture in segments, for players that fetch them (HTTP Live Streaming): telephones, television sets.
struct SegmentRoutes: Sendable {
    let time: Timekeeper

    /// How long the first one who asks waits for the first segments.
    static let patience = Duration.seconds(10)
    private static let pause = Duration.milliseconds(50)

    static let listRefusals: [Route.Refusal] = [
        .init(.notFound, "The picture cannot be had in segments: FFmpeg has no encoder for H.264."),
        .init(.serviceUnavailable, "There is no segment yet; Retry-After says when to try again."),
    ]
    static let segmentRefusals: [Route.Refusal] = [
        .init(.badRequest, "n is no number from 0 on."), .init(.notFound, "There is none of that number any more."),
    ]

    static let number = Route.Field(
        name: "n", schema: ["type": "integer", "minimum": .number(0), "maximum": .number(1e15)],
        help: "Its number, as the playlist has it", isRequired: true)

    @Sendable func list(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async -> Response {
        guard let segments = camera.segments else {
            return .problem(.notFound, "the picture cannot be had in segments: FFmpeg has no encoder for H.264")
        }
        segments.ask()
        let end = time.now() + Self.patience
        while !segments.list.isEnough, time.now() < end {
            do { try await time.sleep(Self.pause) } catch { break }
        }
        let list = segments.list
        guard !list.entries.isEmpty else { return .unavailable("there is no segment yet", retryAfterSeconds: 1) }
        // A player that came with a token has nothing else to show at the segments.
        let token = Query(request)["token"]?.asQueryValue
        return .text(list.playlist(query: token.map { "&token=\($0)" } ?? ""), type: "application/vnd.apple.mpegurl")
    }

    @Sendable func head(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) -> Response {
        answer(request, type: "video/mp4") { camera.segments?.head($0) }
    }

    @Sendable func segment(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) -> Response {
        camera.segments?.ask()
        return answer(request, type: "video/iso.segment") { camera.segments?.segment($0) }
    }

    private func answer(_ request: Request, type: String, _ bytes: (Int) -> [UInt8]?) -> Response {
        guard let number = Query(request)["n"].flatMap({ Int($0) }), number >= 0 else {
            return .problem(.badRequest, "n is the number; the playlist has the addresses")
        }
        guard let bytes = bytes(number) else { return .problem(.notFound, "there is no such segment any more") }
        return Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
