import Foundation
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct EventsTests {
    private func listening(
        _ server: RunningServer, headers: String = "", _ body: (inout Client) async throws -> Void
    ) async throws {
        try await server.connected { client in
            try await client.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
            let head = Answer(Array(try await client.receive(until: "\r\n\r\n").utf8))
            #expect(head.status == 200)
            #expect(head["Content-Type"] == "text/event-stream")
            let first = try await client.receive(until: "\n\n")
            #expect(first.hasPrefix("retry: 2000\nevent: state\ndata: {"))
            #expect(first.contains("\"source\":\"clip.mp4\""))
            try await body(&client)
        }
    }

    @Test(arguments: ["", "Last-Event-ID: 99\r\n"])
    func eventsComeAsTheyHappen(_ headers: String) async throws {
        try await withServer(time: ManualTime().timekeeper) { server in
            try await listening(server, headers: headers) { client async throws in
                server.events.publish(
                    .frame(
                        .init(
                            sequence: 3, time: 0.12, framesPerSecond: 25, latencyMs: 18.5,
                            top: [ClassScore(id: 1, label: "line\nbreak", probability: 0.5)])))
                server.events.publish(.dropped(count: 2, reason: "late"))
                server.events.publish(.lost(since: 1_700_000_000))
                server.events.publish(.found)
                server.events.publish(.state(server.program.state))
                #expect(
                    try await client.receive(until: "\n\n")
                        == "id: 1\nevent: frame\ndata: {\"frames_per_second\":25,\"is_recognised\":true,\"latency_ms\":18.5,\"map_age_ms\":0,\"sequence\":3,"
                        + "\"time\":0.12,\"top\":[{\"id\":1,\"label\":\"line\\nbreak\",\"probability\":0.5}]}\n\n")
                #expect(
                    try await client.receive(until: "\n\n")
                        == "id: 2\nevent: dropped\ndata: {\"count\":2,\"reason\":\"late\"}\n\n")
                #expect(
                    try await client.receive(until: "\n\n") == "id: 3\nevent: lost\ndata: {\"since\":1700000000}\n\n")
                #expect(try await client.receive(until: "\n\n") == "id: 4\nevent: found\ndata: {}\n\n")
                // As at the beginning.
                let state = try await client.receive(until: "\n\n")
                #expect(state.hasPrefix("id: 5\nevent: state\ndata: {") && state.contains("\"source\":\"clip.mp4\""))
            }
        }
    }

    @Test func changedSettingsAreToldToEverybody() async throws {
        try await withServer(time: ManualTime().timekeeper) { server in
            try await listening(server) { client in
                #expect(try await server.patch(#"{"overlay.box": true}"#).status == 200)
                let event = try await client.receive(until: "\n\n")
                #expect(event == "id: 1\nevent: settings\ndata: {\"overlay.box\":true}\n\n")
            }
        }
    }

    @Test func aHeartbeatKeepsTheConnection() async throws {
        let time = ManualTime()
        try await withServer(time: time.timekeeper) { server in
            try await listening(server) { client async throws in
                await time.sleepers(1)
                time.advance(by: HTTPServer.heartbeatPause)
                #expect(try await client.receive(until: "\n\n") == ": heartbeat\n\n")
            }
        }
    }

    @Test func aSlowListenerMissesTheOldest() async {
        let hub = EventHub()
        let client = hub.subscribe()!
        for index in 1...100 { hub.publish(.dropped(count: index, reason: "late")) }
        #expect(await client.next()?.contains("\"count\":37") == true)
        #expect(client.dropped == 36)
    }

    @Test func tooManyListenersAreTurnedAway() async throws {
        var config = ServeConfig()
        config.maximumClients = 1
        try await withServer(config) { server in
            try await listening(server) { _ async throws in #expect(try await server.get("/api/events").status == 503) }
            while server.events.clients > 0 { await Task.yield() }
        }
    }
}
