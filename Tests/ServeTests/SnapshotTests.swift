import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct SnapshotTests {
    @Test(arguments: ["/snapshot.jpg", "/snapshot", "/?action=snapshot"])
    func aSnapshotIsTheNewestPictureWithItsFacts(_ path: String) async throws {
        try await withServer { server in
            try server.feed.publish(1)
            try server.feed.publish(2, label: "cat")
            let answer = try await server.get(path)
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "image/jpeg")
            #expect(answer["Content-Length"] == "\(answer.body.count)")
            #expect(answer["X-Camstream-Seq"] == "2")
            #expect(answer["X-Camstream-Label"] == "cat")
            #expect(answer["X-Timestamp"] == "1700000000.080000")
            #expect(answer["X-Camstream-Stale"] == nil)
            #expect(answer.body.starts(with: [0xff, 0xd8]))
        }
    }

    @Test func beforeTheFirstPictureThereIsNone() async throws {
        try await withServer { server in
            let answer = try await server.get("/snapshot.jpg")
            #expect(answer.status == 503)
            #expect(answer["Retry-After"] == "1")
        }
    }

    @Test func anOldPictureAndABoardAreMarked() async throws {
        let time = ManualTime()
        try await withServer(time: time.timekeeper) { server in
            try server.feed.publish(1)
            time.advance(by: .seconds(6))
            let old = try await server.get("/snapshot.jpg")
            #expect(old["X-Camstream-Stale"] == "old")
            try server.feed.publish(2, isSlate: true)
            #expect(try await server.get("/snapshot.jpg")["X-Camstream-Stale"] == "slate")
        }
    }

    @Test func theAgeMayBeLimited() async throws {
        let time = ManualTime()
        try await withServer(time: time.timekeeper) { server in
            try server.feed.publish(1)
            #expect(try await server.get("/snapshot.jpg?max_age=1").status == 200)
            time.advance(by: .seconds(2))
            #expect(try await server.get("/snapshot.jpg?max_age=3").status == 200)
            // Asleep: the feed, the heartbeats, and the request that waits for a younger picture.
            async let waiting = server.get("/snapshot.jpg?max_age=1")
            await time.sleepers(3)
            try server.feed.publish(2)
            #expect(try await waiting["X-Camstream-Seq"] == "2")
        }
    }

    @Test func aPictureThatIsNotYoungEnoughIsNotWaitedForForever() async throws {
        let time = ManualTime()
        try await withServer(time: time.timekeeper) { server in
            try server.feed.publish(1)
            time.advance(by: .seconds(2))
            async let waiting = server.get("/snapshot.jpg?max_age=1")
            await time.sleepers(3)
            // A slate is no picture of the camera.
            try server.feed.publish(2, isSlate: true)
            time.advance(by: PictureRoutes.patience)
            let answer = try await waiting
            #expect(answer.status == 503)
            #expect(answer.text == "{\"error\":\"there is no picture that young\"}\n")
        }
    }

    @Test(arguments: ["-1", "nan", "x", "1e99", ""])
    func aWrongAgeIsRefused(_ age: String) async throws {
        try await withServer { server async throws in
            #expect(try await server.get("/snapshot.jpg?max_age=\(age)").status == 400)
        }
    }
}
