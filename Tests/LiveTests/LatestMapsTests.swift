import Testing

@testable import Live

struct LatestMapsTests {
    private let latest = LatestMaps()
    /// So long ago that nobody waits for it.
    private let past = ContinuousClock.now - .seconds(10)

    private func post(_ frame: Int) {
        latest.post(
            .init(frame: frame, seconds: Double(frame) / 30, top: [], maps: []), arrival: .now,
            generation: latest.generation)
    }

    @Test func aFrameGetsItsOwnMaps() {
        for frame in 0...2 { post(frame) }
        #expect(latest.entry(forFrame: 1, arrival: past)?.frame == 1)
        #expect(latest.entry(forFrame: 2, arrival: past)?.frame == 2)
    }

    @Test func aFrameWithoutMapsGetsTheNewestBeforeItAndNeverOneFromLater() {
        for frame in [0, 3, 6] { post(frame) }
        #expect(latest.entry(forFrame: 5, arrival: past)?.frame == 3)
        #expect(latest.entry(forFrame: 9, arrival: past)?.frame == 6)
        #expect(latest.entry(forFrame: 2, arrival: past)?.frame == 0)
    }

    @Test func beforeTheFirstMapsThereAreNone() {
        #expect(latest.entry(forFrame: 0, arrival: past) == nil)
        post(4)
        #expect(latest.entry(forFrame: 3, arrival: past) == nil)
    }

    @Test func mapsThatComeSoonAreWaitedFor() async {
        let latest = latest
        // Whoever of the two comes first: the frame gets its own maps.
        for frame in 0..<50 {
            async let found = Task.detached { latest.entry(forFrame: frame, arrival: .now + .seconds(60))?.frame }.value
            post(frame)
            #expect(await found == frame)
        }
    }

    @Test func nobodyWaitsWhereInferenceIsSlow() {
        latest.post(
            .init(frame: 0, seconds: 0, top: [], maps: []), arrival: .now - .seconds(1), generation: latest.generation)
        // It would wait for an hour.
        #expect(latest.entry(forFrame: 1, arrival: .now)?.frame == 0)
    }

    @Test func afterAGapOldMapsAreGoneEvenThoseThatComeLate() {
        post(0)
        let generation = latest.generation
        latest.forget()
        #expect(latest.entry(forFrame: 1, arrival: past) == nil)
        latest.post(.init(frame: 1, seconds: 0, top: [], maps: []), arrival: .now, generation: generation)
        #expect(latest.entry(forFrame: 2, arrival: past) == nil)
    }

    @Test func theEndOfInferenceEndsTheWaiting() {
        post(0)
        latest.finish()
        #expect(latest.entry(forFrame: 7, arrival: .now + .seconds(3600))?.frame == 0)
    }
}
