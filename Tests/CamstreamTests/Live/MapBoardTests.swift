import Testing

@testable import camstream

struct MapBoardTests {
    private let board = MapBoard()
    /// So long ago that nobody waits for it.
    private let past = ContinuousClock.now - .seconds(10)

    private func post(_ frame: Int) {
        board.post(
            .init(frame: frame, seconds: Double(frame) / 30, top: [], maps: []), arrival: .now,
            generation: board.generation)
    }

    @Test func aFrameGetsItsOwnMaps() {
        for frame in 0...2 { post(frame) }
        #expect(board.entry(forFrame: 1, arrival: past)?.frame == 1)
        #expect(board.entry(forFrame: 2, arrival: past)?.frame == 2)
    }

    @Test func aFrameWithoutMapsGetsTheNewestBeforeItAndNeverOneFromLater() {
        for frame in [0, 3, 6] { post(frame) }
        #expect(board.entry(forFrame: 5, arrival: past)?.frame == 3)
        #expect(board.entry(forFrame: 9, arrival: past)?.frame == 6)
        #expect(board.entry(forFrame: 2, arrival: past)?.frame == 0)
    }

    @Test func beforeTheFirstMapsThereAreNone() {
        #expect(board.entry(forFrame: 0, arrival: past) == nil)
        post(4)
        #expect(board.entry(forFrame: 3, arrival: past) == nil)
    }

    @Test func mapsThatComeSoonAreWaitedFor() async {
        let board = board
        // Whoever of the two comes first: the frame gets its own maps.
        for frame in 0..<50 {
            async let found = Task.detached { board.entry(forFrame: frame, arrival: .now + .seconds(60))?.frame }.value
            post(frame)
            #expect(await found == frame)
        }
    }

    @Test func nobodyWaitsWhereInferenceIsSlow() {
        board.post(
            .init(frame: 0, seconds: 0, top: [], maps: []), arrival: .now - .seconds(1), generation: board.generation)
        // It would wait for an hour.
        #expect(board.entry(forFrame: 1, arrival: .now)?.frame == 0)
    }

    @Test func afterAGapOldMapsAreGoneEvenThoseThatComeLate() {
        post(0)
        let generation = board.generation
        board.forget()
        #expect(board.entry(forFrame: 1, arrival: past) == nil)
        board.post(.init(frame: 1, seconds: 0, top: [], maps: []), arrival: .now, generation: generation)
        #expect(board.entry(forFrame: 2, arrival: past) == nil)
    }

    @Test func theEndOfInferenceEndsTheWaiting() {
        post(0)
        board.finish()
        #expect(board.entry(forFrame: 7, arrival: .now + .seconds(3600))?.frame == 0)
    }
}
