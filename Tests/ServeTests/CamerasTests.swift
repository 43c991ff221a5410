import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Serve

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}

/// A server of several cameras with names.
@Suite(.timeLimit(.minutes(30))) struct CamerasTests {
    private static let names = ["front", "garden"]

    @Test func eachCameraHasTheRoutesOfOneBelowItsName() async throws {
        // Pictures stay fresh on a busy machine.
        try await withServer(names: Self.names, time: ManualTime().timekeeper) { server async throws in
            try server.all[0].feed.publish(1)
            try server.all[1].feed.publish(2)
            for path in ["snapshot.jpg", "snapshot", "?action=snapshot"] {
                #expect(try await server.get("/cameras/front/\(path)")["X-Camstream-Seq"] == "1")
                #expect(try await server.get("/cameras/garden/\(path)")["X-Camstream-Seq"] == "2")
            }
            for path in ["stream", "stream.mjpg", "?action=stream"] {
                try await server.watching("/cameras/garden/\(path)") { client, head in
                    #expect(head.status == 200)
                    _ = try await client.receive(until: "--frame\r\n")
                    #expect(try await client.part()["X-Camstream-Seq"] == "2")
                }
            }
            let sent = ["Content-Type: application/json"]
            let changed = try await server.request(
                "PATCH", "/cameras/garden/api/settings", headers: sent, body: #"{"overlay.box": true}"#)
            #expect(changed.status == 200)
            #expect(server.programs.map { $0.content.withLock { $0.changes.count } } == [0, 1])
            for path in ["state", "api/state", "api/settings", "api/choices?key=overlay.colormap"] {
                #expect(try await server.get("/cameras/front/\(path)").status == 200)
            }
            for path in ["healthz", "readyz", "metrics", "api/openapi.json", "api/cameras"] {
                #expect(try await server.get("/\(path)").status == 200, "\(path)")
                #expect(try await server.get("/cameras/front/\(path)").status == 404, "\(path)")
            }
        }
    }

    @Test func whatIsNotThereIsToldInOneLine() async throws {
        try await withServer(names: Self.names) { server async throws in
            for name in ["yard", "", "Front", "front%20", String(repeating: "x", count: 999)] {
                let answer = try await server.get("/cameras/\(name)/stream")
                #expect(answer.status == 404)
                #expect(answer.text.contains("there is no camera '\(String(name.prefix(9)).asHeaderValue)"))
                #expect(answer.text.contains("GET api/cameras lists those there are"))
                #expect(answer.text.count < 300)
            }
            for path in ["stream", "stream.mjpg", "snapshot", "api/state"] {
                let answer = try await server.get("/\(path)")
                #expect(answer.status == 404)
                #expect(answer.text.contains("each camera has its own: cameras/NAME/\(path)"))
            }
            #expect(try await server.get("/?action=stream").status == 404)
            #expect(try await server.get("/cameras/front/nothing").text.contains("there is nothing here"))
            #expect(try await server.request("POST", "/cameras/front/stream")["Allow"] == "GET, HEAD")
        }
        try await withServer { server async throws in
            #expect(try await server.get("/cameras/front/stream").text.contains("there is nothing here"))
            #expect(try await server.get("/api/cameras").status == 404)
        }
    }

    @Test func allAreListedInTheirOrder() async throws {
        let time = ManualTime()
        try await withServer(names: ["yard", "front"], time: time.timekeeper) { server async throws in
            try server.all[1].feed.publish(1)
            time.advance(by: .milliseconds(80))
            server.programs[0].content.withLock { $0.problems = ["the model is being loaded"] }
            let list = try #require(try await server.get("/api/cameras").json["cameras"] as? [[String: Any]])
            #expect(list.map { $0["name"] as? String } == ["yard", "front"])
            #expect(list.map { $0["is_ready"] as? Bool } == [false, true])
            #expect(list.map { $0["is_required"] as? Bool } == [true, true])
            #expect(list[0]["problems"] as? [String] == ["the model is being loaded", "there is no picture yet"])
            #expect(list[0]["age_ms"] == nil && list[1]["age_ms"] as? Double == 100)
            let live = try #require(list[1]["live"] as? [String: Any])
            #expect((live["top"] as? [[String: Any]])?.first?["label"] as? String == "Egyptian cat")
        }
    }

    @Test func onlyThoseThatAreRequiredKeepTheProcessFromBeingReady() async throws {
        try await withServer(names: []) { server async throws in
            #expect(try await server.get("/readyz").text == "there is no camera\n")
            let (front, garden) = (LiveFeed(), LiveFeed())
            server.cameras.set([.test("front", feed: front), .test("garden", feed: garden, isRequired: false)])
            let early = try await server.get("/readyz")
            #expect(early.status == 503)
            #expect(
                early.text == "front: there is no picture yet\n"
                    + "garden, which is not required: there is no picture yet\n")
            try front.publish(1)
            let ready = try await server.get("/readyz")
            #expect(ready.status == 200)
            #expect(ready.text == "ready\ngarden, which is not required: there is no picture yet\n")
        }
    }

    @Test func measurementsHaveTheLabelOfTheirCamera() async throws {
        try await withServer(names: Self.names) { server async throws in
            try await server.watching("/cameras/front/stream") { client, _ in
                _ = try await client.receive(until: "--frame\r\n")
                let text = try await server.get("/metrics").text
                #expect(text.contains("\ncamstream_stream_clients{camera=\"front\"} 1\n"))
                #expect(text.contains("\ncamstream_stream_clients{camera=\"garden\"} 0\n"))
                #expect(text.contains("\ncamstream_events_clients{camera=\"garden\"} 0\n"))
                #expect(text.contains("\nprocess_threads "))
            }
        }
    }

    @Test func clientsAreCountedOverAllCameras() async throws {
        var config = ServeConfig()
        config.maximumClients = 1
        try await withServer(config, names: Self.names) { server async throws in
            try await server.watching("/cameras/front/stream") { client, _ in
                _ = try await client.receive(until: "--frame\r\n")
                let refused = try await server.get("/cameras/garden/stream")
                #expect(refused.status == 503 && refused.text.contains("there are 1 clients already"))
            }
        }
    }

    @Test func aCameraThatIsTakenAwayEndsItsStreamsAndEventsAndNoOthers() async throws {
        try await withServer(names: Self.names) { server async throws in
            try await server.watching("/cameras/front/stream") { front, _ in
                try await server.watching("/cameras/front/api/events") { events, _ in
                    try await server.watching("/cameras/garden/stream") { garden, _ in
                        _ = try await garden.receive(until: "--frame\r\n")
                        server.cameras.set([server.all[1]])
                        _ = try await front.receiveToEnd()
                        _ = try await events.receiveToEnd()
                        #expect(try await server.get("/cameras/front/stream").status == 404)
                        #expect(try await server.get("/cameras/front/").status == 404)
                        try server.all[1].feed.publish(7)
                        #expect(try await garden.part()["X-Camstream-Seq"] == "7")
                        // A new one of the old name, beside the other, in front.
                        let new = ServedCamera.test("front")
                        server.cameras.set([new, server.all[1]])
                        try new.feed.publish(1)
                        #expect(try await server.get("/cameras/front/snapshot.jpg")["X-Camstream-Seq"] == "1")
                        try server.all[1].feed.publish(8)
                        var part = try await garden.part()
                        while part["X-Camstream-Seq"] == "7" { part = try await garden.part() }
                        #expect(part["X-Camstream-Seq"] == "8")
                    }
                }
            }
        }
    }

    @Test func camerasComeAndGoWhileRequestsRun() async throws {
        try await withServer(names: Self.names) { server async throws in
            try server.all[1].feed.publish(1)
            let isOver = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for path in ["front/stream", "front/snapshot.jpg?max_age=0.01", "front/api/events", "front/api/state"] {
                    group.addTask {
                        while !isOver.isSet {
                            let answer = try await server.get("/cameras/\(path)")
                            #expect([200, 404, 503].contains(answer.status), "\(answer.status) \(answer.text)")
                        }
                    }
                }
                group.addTask {
                    defer { isOver.set() }
                    for turn in 1...100 {
                        let front = ServedCamera.test("front")
                        server.cameras.set([front, server.all[1]])
                        try front.feed.publish(turn)
                        #expect(try await server.get("/cameras/garden/snapshot.jpg").status == 200)
                    }
                    server.cameras.set([server.all[1]])
                }
                for try await _ in group {}
            }
            #expect(try await server.get("/cameras/garden/snapshot.jpg")["X-Camstream-Seq"] == "1")
            #expect(!server.log.text.contains("wrong"))
        }
    }

    @Test func theOverviewLeadsToThePagesAndTheyLeadBack() async throws {
        try await withServer(names: Self.names) { server async throws in
            let overview = try await server.get("/")
            #expect(overview["Content-Type"] == "text/html; charset=utf-8")
            #expect(overview.text.contains("id=\"cameras\"") && !overview.text.contains("{{"))
            let page = try await server.get("/cameras/front/")
            #expect(page.text.contains(#"<h1>front</h1><a class="back" href="../../">All cameras</a>"#))
            #expect(page.text.contains("<title>front – camstream</title>") && !page.text.contains("{{"))
            #expect(page.text.contains(#"href="../../metrics""#))
            let bare = try await server.get("/cameras/front?x=1")
            #expect(bare.status == 308 && bare["Location"] == "front/?x=1")
        }
        try await withServer { server async throws in
            let page = try await server.get("/").text
            #expect(page.contains("<h1>camstream</h1>") && !page.contains("{{") && !page.contains("All cameras"))
            #expect(page.contains(#"href="metrics""#))
        }
    }

    @Test func whoComesIsAskedAndMayDoTheSameAtEachCamera() async throws {
        let folder = try TemporaryFolder()
        var access = ServeConfig()
        access.tokenFile = try folder.write("0123456789abcdef+/&=\n".utf8, to: "tokens")
        chmod(access.tokenFile!, 0o600)
        try await withServer(access, names: Self.names) { server async throws in
            for path in ["/", "/api/cameras", "/cameras/front/", "/cameras/front", "/cameras/front/stream"] {
                #expect(try await server.get(path).status == 401, "\(path)")
                // Nobody learns which cameras there are.
                #expect(try await server.get(path.replacing("front", with: "yard")).status == 401, "\(path)")
            }
            // The cookie is for all, so it comes from where all begins, by relative addresses.
            let token = "0123456789abcdef%2B%2F%26%3D"
            for (path, root) in [("/cameras/front/", "../../"), ("/cameras/front", "../")] {
                let first = try await server.get("\(path)?token=\(token)")
                #expect(first.status == 303 && first["Set-Cookie"] == nil)
                #expect(first["Location"] == "\(root)?token=\(token)&camera=front")
            }
            let second = try await server.get("/?token=\(token)&camera=front")
            #expect(second.status == 303 && second["Location"] == "./cameras/front/")
            let cookie = try #require(second["Set-Cookie"]).prefix { $0 != ";" }
            for path in ["/", "/cameras/front/", "/cameras/garden/api/state"] {
                #expect(try await server.get(path, headers: ["Cookie: \(cookie)"]).status == 200)
            }
            // It leads to no other site.
            #expect(try await server.get("/?token=\(token)&camera=//evil.example")["Location"] == "./")
            // Guesses at one camera count at all.
            for name in ["front", "garden", "front", "garden", "front"] {
                #expect(try await server.get("/cameras/\(name)/api/state?token=wrong").status == 401)
            }
            #expect(try await server.get("/cameras/garden/?token=wrong").status == 429)
            #expect(try await server.get("/cameras/garden/stream?token=wrong").status == 429)
        }
        var config = ServeConfig()
        config.readOnly = true
        try await withServer(config, names: Self.names) { server async throws in
            let answer = try await server.request(
                "PATCH", "/cameras/garden/api/settings", headers: ["Content-Type: application/json"], body: "{}")
            #expect(answer.status == 403)
        }
    }

    @Test(arguments: [
        ("front", true), ("a", true), ("0-_z", true), (String(repeating: "a", count: 63), true), ("", false),
        (String(repeating: "a", count: 64), false), ("Front", false), ("a b", false), ("a/b", false), ("ä", false),
        ("..", false),
    ])
    func aNameIsPartOfAddressesAndFiles(_ name: String, _ isValid: Bool) {
        #expect(CameraName.isValid(name) == isValid)
    }
}
