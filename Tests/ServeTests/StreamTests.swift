import CFFmpeg
import NIOCore
import Pipeline
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct StreamTests {
    @Test func theStreamIsFramedByteForByte() async throws {
        try await withServer(time: ManualTime().timekeeper) { server in
            try await server.watching { client, head in
                #expect(head.status == 200)
                #expect(head["Content-Type"] == "multipart/x-mixed-replace; boundary=frame")
                #expect(head["Connection"] == "close")
                #expect(head["Cache-Control"] == "no-store, no-cache, must-revalidate, max-age=0")
                #expect(head["Pragma"] == "no-cache")
                #expect(head["Expires"] == "Thu, 01 Jan 1970 00:00:00 GMT")
                #expect(head["X-Accel-Buffering"] == "no")
                #expect(head["Transfer-Encoding"] == nil && head["Content-Length"] == nil)
                #expect(head["Access-Control-Allow-Origin"] == nil)

                let frame = try Frame.filled([100, 120, 140], pts: 50)
                let jpeg = try JPEGEncoder(quality: 80).encode(frame) { Array($0) }
                let facts = PictureFacts(
                    sequence: 7, capturedAt: .seconds(1_700_000_000) + .microseconds(42), latency: .milliseconds(12),
                    label: "Kätzchen\n50 %")
                try server.feed.publish(frame, facts)
                let expected =
                    Array(
                        ("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n"
                            + "X-Timestamp: 1700000000.000042\r\nX-Camstream-Seq: 7\r\nX-Camstream-Latency-Ms: 12.0\r\n"
                            + "X-Camstream-Pts: 2.000000\r\nX-Camstream-Label: K%C3%A4tzchen%0A50 %25\r\n\r\n").utf8)
                    + jpeg + Array("\r\n--frame\r\n".utf8)
                #expect(try await client.receive(count: expected.count) == expected)
            }
        }
    }

    @Test func headersCanBeSentInAdvance() async throws {
        try await withServer(time: ManualTime().timekeeper) { server in
            try await server.watching("/stream?advance_headers=1") { client, _ in
                let frame = try Frame.filled()
                let jpeg = try JPEGEncoder(quality: 80).encode(frame) { Array($0) }
                try server.feed.publish(frame, .number(1))
                let head = "Content-Type: image/jpeg\r\n\r\n"
                let expected = Array("--frame\r\n\(head)".utf8) + jpeg + Array("\r\n--frame\r\n\(head)".utf8)
                #expect(try await client.receive(count: expected.count) == expected)
            }
        }
    }

    @Test(arguments: ["/stream", "/?action=stream", "/stream.mjpg", "/stream?advance_headers=0"])
    func everyPartIsRead(_ path: String) async throws {
        try await withServer { server in
            try await server.watching(path) { client, head in
                #expect(head.status == 200)
                _ = try await client.receive(until: "--frame\r\n")
                var last = 0
                for sequence in 1...30 {
                    try server.feed.publish(sequence, label: "cat")
                    var part = try await client.part()
                    // The last one may have been sent again in between.
                    while part["X-Camstream-Seq"] == "\(last)" { part = try await client.part() }
                    #expect(part["X-Camstream-Seq"] == "\(sequence)")
                    #expect(part["X-Camstream-Label"] == "cat")
                    #expect(part.body.starts(with: [0xff, 0xd8]) && part.body.suffix(2) == [0xff, 0xd9])
                    last = sequence
                }
            }
        }
    }

    @Test func aBoardIsMarked() async throws {
        try await withServer { server in
            try server.feed.publish(1, isSlate: true)
            try await server.watching { client, _ in
                _ = try await client.receive(until: "--frame\r\n")
                #expect(try await client.part()["X-Camstream-Stale"] == "slate")
            }
        }
    }

    @Test func clientsThatDoNotReadDoNotDelayOneThatDoes() async throws {
        try await withServer { server in
            // They open the stream and take nothing; their windows fill after a few pictures.
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (opened, isOpen) = AsyncStream.makeStream(of: Void.self)
                for _ in 0..<8 {
                    group.addTask {
                        try await server.watching { client, _ in
                            isOpen.yield()
                            // Ends with the group.
                            await withCheckedCancellation()
                        }
                    }
                }
                var count = 0
                for await _ in opened {
                    count += 1
                    if count == 8 { break }
                }
                group.addTask {
                    try await server.watching { client, _ in
                        _ = try await client.receive(until: "--frame\r\n")
                        let noise = try Frame.noise(width: 640, height: 360)
                        var last = 0
                        for sequence in 1...100 {
                            try server.feed.publish(noise, .number(sequence))
                            var part = try await client.part()
                            while part["X-Camstream-Seq"] == "\(last)" { part = try await client.part() }
                            #expect(part["X-Camstream-Seq"] == "\(sequence)")
                            last = sequence
                        }
                    }
                }
                try await group.next()
                group.cancelAll()
            }
            #expect(server.metrics.text.contains("camstream_jpeg_encoded_total 100\n"))
        }
    }

    @Test func oneClientTooManyIsTurnedAway() async throws {
        var config = ServeConfig()
        config.maximumClients = 1
        try await withServer(config) { server in
            try server.feed.publish(1)
            try await server.watching { client, _ in
                _ = try await client.receive(until: "--frame\r\n")
                _ = try await client.part()
                let refused = try await server.get("/stream")
                #expect(refused.status == 503)
                #expect(refused["Retry-After"] == "5")
                #expect(refused.text.contains("there are 1 clients already"))
            }
        }
    }

    @Test func aClientThatGoesGivesItsPlaceBackThoughNothingIsSent() async throws {
        try await withServer(time: ManualTime().timekeeper) { server in
            try await server.watching { client, _ in _ = try await client.receive(until: "--frame\r\n") }
            while server.feed.clients > 0 { await Task.yield() }
            #expect(server.feed.clients == 0)
        }
    }

    @Test func theHeadOfAStreamIsOnlyAHead() async throws {
        try await withServer { server in
            let answer = try await server.request("HEAD", "/stream")
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "multipart/x-mixed-replace; boundary=frame")
            #expect(answer["Content-Length"] == nil)
            #expect(answer.body.isEmpty && server.feed.clients == 0)
        }
    }

    @Test func theEndOfTheServerEndsAllStreams() async throws {
        let ended = try await withServer { server in
            // The body's task is cancelled with the server; this client outlives both.
            let (opened, isOpen) = AsyncStream.makeStream(of: Void.self)
            let watching = Task {
                try await server.watching { client, _ in
                    isOpen.yield()
                    return try await client.receiveToEnd()
                }
            }
            for await _ in opened { break }
            return watching
        }
        #expect(String(decoding: try await ended.value, as: UTF8.self).hasPrefix("--frame\r\n"))
    }
}

/// Waits until the task is cancelled.
private func withCheckedCancellation() async {
    let never = Mailbox<Void>()
    _ = await never.next()
}

extension Frame {
    /// A picture that compresses badly: 8-bit samples of a linear congruential generator.
    fileprivate static func noise(width: Int, height: Int) throws -> Frame {
        let frame = try Frame.filled(width: width, height: height)
        let plane = frame.plane(0, PixelLayout(AV_PIX_FMT_YUV420P)!)
        var state: UInt32 = 1
        for y in 0..<height {
            for x in 0..<width {
                state = state &* 1_664_525 &+ 1_013_904_223
                plane.row(y).storeBytes(of: UInt8(state >> 24), toByteOffset: x, as: UInt8.self)
            }
        }
        return frame
    }
}
