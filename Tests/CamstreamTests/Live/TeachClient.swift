import Foundation
import Glibc

/// Somebody who teaches a camera of the built program. It blocks, which only tests of other processes may.
struct TeachClient {
    private let port: Int
    private let camera: String

    /// - Parameter camera: its name; "": the only one.
    init(_ port: Int, camera: String = "") {
        (self.port, self.camera) = (port, camera.isEmpty ? "" : "/cameras/\(camera)")
    }

    struct State: Decodable {
        struct Class: Decodable, Equatable {
            let id: Int
            let name: String
            let examples: Int
        }
        struct Head: Decodable { let number: Int? }
        struct Model: Decodable {
            let madeAt: Double?
            let isBeingMade: Bool
            let problem: String?
        }
        let name: String
        let classes: [Class]
        let head: Head
        let model: Model
    }

    func state() throws -> State { try Exchange("GET", "\(camera)/api/teach", port: port).decoded() }

    func addClass(_ name: String) throws -> Int {
        struct Made: Decodable { let id: Int }
        return try Exchange("POST", "\(camera)/api/teach/classes", body: #"{"name": "\#(name)"}"#, port: port)
            .decoded(Made.self).id
    }

    /// Takes pictures until a class has so many examples.
    ///
    /// - Returns: how many were confirmed as new.
    func take(_ id: Int, count: Int) throws -> Int {
        struct Taken: Decodable { let isNew: Bool }
        var confirmed = 0
        for _ in 0..<2000 where confirmed < count {
            let answer = try Exchange("POST", "\(camera)/api/teach/examples", body: #"{"class": \#(id)}"#, port: port)
            guard answer.status == 200 else { continue }
            confirmed += try answer.decoded(Taken.self).isNew ? 1 : 0
        }
        return confirmed
    }

    /// Listens to the camera's events.
    func listen() throws -> Listener { try Listener(port, "\(camera)/api/events") }

    final class Listener {
        private let descriptor: Int32
        private var received = ""

        init(_ port: Int, _ path: String) throws {
            descriptor = try Exchange.connect(port)
            let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            guard send(descriptor, request, request.utf8.count, 0) == request.utf8.count else {
                throw Exchange.Failed(step: "send")
            }
        }

        deinit { close(descriptor) }

        /// Whether an event of what is taught says something, among the next thousand of any kind.
        func hears(_ part: String) -> Bool {
            var events = 0
            var buffer = [UInt8](repeating: 0, count: 65536)
            while events < 1000 {
                while let end = received.range(of: "\n\n") {
                    let event = received[..<end.lowerBound]
                    if event.contains("event: teach\n"), event.contains(part) { return true }
                    received.removeSubrange(..<end.upperBound)
                    events += 1
                }
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return false }
                received += String(decoding: buffer[..<count], as: UTF8.self)
            }
            return false
        }
    }
}
