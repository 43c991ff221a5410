import Foundation
import Glibc
import Synchronization
import TestSupport

/// An IP camera: pictures over HTTP, 25 a second, for as long as the test wants. For one client at a time.
final class StreamServer: Sendable {
    enum State: Sendable {
        /// It sends pictures.
        case up
        /// It ends the stream, and answers 503.
        case down
        /// It takes connections, and says nothing.
        case silent
    }

    private let server: LocalServer
    private let shared: Shared

    init(_ state: State = .up) throws {
        let picture = try Self.picture.get()
        let shared = Shared(state)
        server = try LocalServer { _, _ in
            switch shared.state.withLock({ $0 }) {
            case .up: .steps([.bytes(Self.head), .again { shared.part(picture) }])
            case .down: LocalServer.status("503 Service Unavailable")
            case .silent: .silence(after: [])
            }
        }
        self.shared = shared
    }

    private final class Shared: Sendable {
        let state: Mutex<State>
        init(_ state: State) { self.state = Mutex(state) }

        /// One more picture, at the camera's rate; nil when there are no more.
        func part(_ picture: [UInt8]) -> [UInt8]? {
            guard state.withLock({ $0 }) == .up else { return nil }
            usleep(40_000)
            let head = "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n"
            return Array(head.utf8) + picture + Array("\r\n".utf8)
        }
    }
    func become(_ state: State) { shared.state.withLock { $0 = state } }

    var address: String { server.address("stream") }

    /// How often a client has asked.
    var requests: Int { server.requests.count }

    private static let head = LocalServer.endlessHead(type: "multipart/x-mixed-replace; boundary=frame")
    private static let picture = Result {
        let path = try Clips.folder.get().file("camera.jpg")
        try FFmpegTool.run([
            "-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1", "-pix_fmt", "yuvj420p", "-q:v", "2",
            "-update", "1", path,
        ])
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
