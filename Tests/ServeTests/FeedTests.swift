import Synchronization
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct FeedTests {
    /// Runs a feed as long as `body` runs.
    private func running(
        _ feed: LiveFeed, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let thread = try LiveFeed.thread()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await feed.run(on: thread) }
            group.addTask {
                defer { feed.finish() }
                try await body()
            }
            for try await _ in group {}
        }
    }

    @Test func aPictureIsCompressedOnceForAllViewers() async throws {
        let metrics = Metrics()
        let feed = LiveFeed(metrics: metrics, time: ManualTime().timekeeper)
        try await running(feed) {
            let viewers = (0..<10).map { _ in feed.subscribe()! }
            for sequence in 1...3 {
                try feed.publish(sequence)
                for viewer in viewers { #expect(await viewer.next()?.facts.sequence == sequence) }
            }
            #expect(metrics.text.contains("camstream_jpeg_encoded_total 3\n"))
        }
    }

    @Test func nothingIsCompressedWithoutViewers() async throws {
        let metrics = Metrics()
        let feed = LiveFeed(metrics: metrics, time: ManualTime().timekeeper)
        try await running(feed) {
            for sequence in 1...20 { try feed.publish(sequence) }
            #expect(metrics.text.contains("camstream_jpeg_encoded_total 0\n"))
            // Who comes now gets the newest one, and no other was compressed.
            let viewer = feed.subscribe()!
            #expect(await viewer.next()?.facts.sequence == 20)
            feed.unsubscribe(viewer)
            for sequence in 21...40 { try feed.publish(sequence) }
            #expect(metrics.text.contains("camstream_jpeg_encoded_total 1\n"))
        }
    }

    @Test func aViewerThatDoesNotReadMissesPicturesAndHoldsUpNobody() async throws {
        let feed = LiveFeed(time: ManualTime().timekeeper)
        try await running(feed) {
            let (idle, good) = (feed.subscribe()!, feed.subscribe()!)
            for sequence in 1...50 {
                try feed.publish(sequence)
                #expect(await good.next()?.facts.sequence == sequence)
            }
            // The last one is put into one box after the other.
            while idle.dropped < 49 { await Task.yield() }
            #expect(await idle.next()?.facts.sequence == 50)
            #expect(idle.dropped == 49)
            #expect(good.dropped == 0)
        }
    }

    @Test func theLastPictureIsSentAgainAfter100MillisecondsAndThenEverySecond() async throws {
        let time = ManualTime()
        let feed = LiveFeed(time: time.timekeeper)
        try await running(feed) {
            let viewer = feed.subscribe()!
            await time.sleepers(1)
            try feed.publish(1)
            #expect(await viewer.next()?.facts.sequence == 1)
            var repeats: [Duration] = []
            for _ in 0..<240 {
                time.advance(by: .milliseconds(10))
                // Whether it sent something is certain when it sleeps again.
                await time.sleepers(1)
                if viewer.isWaiting {
                    repeats.append(time.timekeeper.now())
                    #expect(await viewer.next()?.facts.sequence == 1)
                }
            }
            #expect(repeats == [.milliseconds(100), .milliseconds(1100), .milliseconds(2100)])
        }
    }

    @Test func aNewPictureIsRepeatedAfter100MillisecondsEvenAfterALongPause() async throws {
        let time = ManualTime()
        let feed = LiveFeed(time: time.timekeeper)
        try await running(feed) {
            let viewer = feed.subscribe()!
            await time.sleepers(1)
            try feed.publish(1)
            _ = await viewer.next()
            // Into the pause of a second between later repeats.
            for _ in 0..<50 {
                time.advance(by: .milliseconds(10))
                await time.sleepers(1)
            }
            _ = await viewer.next()
            try feed.publish(2)
            #expect(await viewer.next()?.facts.sequence == 2)
            for step in 1...10 {
                #expect(!viewer.isWaiting, "after \(step - 1)0 ms")
                time.advance(by: .milliseconds(10))
                await time.sleepers(1)
            }
            #expect(viewer.isWaiting)
        }
    }

    /// The last one is always due to be sent again, while the next ones come as quickly as they can.
    @Test func noViewerGetsAnOlderPictureAfterANewerOne() async throws {
        let ticks = Mutex(0)
        let time = Timekeeper(
            now: {
                ticks.withLock { ticks in
                    ticks += 1
                    return .seconds(ticks)
                }
            },
            sleep: { _ in
                try Task.checkCancellation()
                await Task.yield()
            })
        let feed = LiveFeed(time: time)
        try await running(feed) {
            let viewer = feed.subscribe()!
            var last = 0
            for sequence in 1...3000 {
                try feed.publish(sequence)
                while last < sequence {
                    let got = try #require(await viewer.next()).facts.sequence
                    #expect(got >= last)
                    last = got
                }
            }
        }
    }

    @Test func tooManyClientsAreTurnedAway() {
        let feed = LiveFeed(maximumClients: 2)
        let first = feed.subscribe()
        #expect(first != nil && feed.subscribe() != nil && feed.subscribe() == nil)
        #expect(feed.clients == 2)
        feed.unsubscribe(first!)
        feed.unsubscribe(first!)
        #expect(feed.clients == 1)
        #expect(feed.subscribe() != nil)
    }

    @Test func theLatencyReachesToTheCompressedPictureAndTheAgeGrows() async throws {
        let time = ManualTime()
        let feed = LiveFeed(time: time.timekeeper)
        try feed.publish(1)
        time.advance(by: .milliseconds(30))
        try await running(feed) {
            let picture = await feed.picture(maximumAge: nil, patience: .seconds(1))!
            #expect(picture.latency == .milliseconds(50))
            time.advance(by: .milliseconds(10))
            #expect(feed.age(of: picture) == .milliseconds(60))
            #expect(feed.age == .milliseconds(60))
        }
    }

    @Test func theEndOfTheFeedIsTheEndOfEveryViewer() async throws {
        let feed = LiveFeed()
        let viewer = feed.subscribe()!
        feed.finish()
        #expect(await viewer.next() == nil)
        #expect(feed.subscribe() == nil)
        #expect(await feed.picture(maximumAge: nil, patience: .seconds(1)) == nil)
    }

    @Test func aPictureThatGoesByIsNotShownAndKeepsTheCameraFresh() async throws {
        let (time, metrics) = (ManualTime(), Metrics())
        let feed = LiveFeed(metrics: metrics, time: time.timekeeper)
        #expect(feed.isWatched)  // The first one is always drawn.
        try await running(feed) {
            try feed.publish(1)
            #expect(!feed.isWatched && feed.age == .milliseconds(20))
            time.advance(by: .milliseconds(40))
            feed.pass(.number(2))
            #expect(!feed.isWatched && feed.age == .milliseconds(20))
            // A viewer never sees the one that was drawn last, but the next one.
            let viewer = feed.subscribe()!
            #expect(feed.isWatched && !viewer.isWaiting)
            try feed.publish(3)
            #expect(await viewer.next()?.facts.sequence == 3)
            feed.unsubscribe(viewer)
            #expect(!feed.isWatched)
            #expect(metrics.text.contains("camstream_jpeg_encoded_total 1\n"))
        }
    }

    @Test func aSnapshotWaitsForTheNextPictureWhereTheLiveOneWasNotDrawn() async throws {
        let time = ManualTime()
        let feed = LiveFeed(time: time.timekeeper)
        try await running(feed) {
            #expect(await feed.picture(maximumAge: nil, patience: .seconds(2)) == nil)
            try feed.publish(1)
            feed.pass(.number(2))
            async let waiting = feed.picture(maximumAge: nil, patience: .seconds(2))
            while !feed.isWatched { await Task.yield() }
            try feed.publish(3)
            #expect(await waiting?.facts.sequence == 3)
            #expect(!feed.isWatched)
            // One that is young enough is good enough, though newer ones went by.
            time.advance(by: .milliseconds(500))
            feed.pass(.number(4))
            #expect(await feed.picture(maximumAge: .seconds(1), patience: .seconds(2))?.facts.sequence == 3)
            // Nobody waits for ever.
            async let late = feed.picture(maximumAge: nil, patience: .seconds(2))
            await time.sleepers(2)
            time.advance(by: .seconds(2))
            #expect(await late == nil)
        }
    }

    @Test func wherePicturesAreSeldomEachIsDrawn() throws {
        let time = ManualTime()
        let feed = LiveFeed(time: time.timekeeper)
        try feed.publish(1)
        time.advance(by: .milliseconds(900))
        #expect(!feed.isWatched)
        time.advance(by: .milliseconds(100))
        #expect(feed.isWatched)
        feed.pass(.number(2))
        #expect(!feed.isWatched)
    }

    @Test func aFeedThatNobodyWatchesDoesNotWakeUp() async throws {
        let time = ManualTime()
        let feed = LiveFeed(time: time.timekeeper)
        try await running(feed) {
            let viewer = feed.subscribe()!
            await time.sleepers(1)
            feed.unsubscribe(viewer)
            time.advance(by: .seconds(1))
            for _ in 0..<1000 { await Task.yield() }
            #expect(time.sleeping == 0)
            // And goes on when somebody comes.
            let other = feed.subscribe()!
            await time.sleepers(1)
            feed.unsubscribe(other)
        }
    }

    @Test func allCamerasShareTheLimitOfClients() {
        let limit = ClientLimit(2)
        let (front, garden) = (LiveFeed(limit: limit), LiveFeed(limit: limit))
        let (one, two) = (front.subscribe(), garden.subscribe())
        #expect(one != nil && two != nil && garden.subscribe() == nil)
        front.finish()
        #expect(front.subscribe() == nil)
        #expect(garden.subscribe() != nil && garden.subscribe() == nil)
    }
}
