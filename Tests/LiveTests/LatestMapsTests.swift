import Overlay
import Pipeline
import Serve
import Testing
import Tracking

@testable import Live

struct LatestMapsTests {
    private let latest = LatestMaps()
    /// So long ago that nobody waits for it.
    private let past = ContinuousClock.now - .seconds(10)

    private let session = Self.session()

    private static func session(_ methods: [String] = ["cam"]) -> LiveSession.Facts {
        let values = LiveSettings.Values(overlay: .init(), maps: MapSettings(smoothing: 0), isRecording: false)
        return LiveSession(scripted: ScriptedExplainer(methods: methods), values).facts
    }

    private func post(_ frame: Int, of session: LiveSession.Facts? = nil) {
        latest.post(
            .init(
                frame: frame, session: session ?? self.session, seconds: Double(frame) / 30, top: [], observations: []),
            arrival: .now, generation: latest.generation)
    }

    @Test func clientsAreToldWhatThingsAreCalled() {
        let cold = Heatmap(height: 1, width: 1, values: [0], region: Region(x: 0, y: 0, width: 4, height: 4))
        func thing(_ label: String, _ probability: Float, found: Prediction?, isRecognised: Bool) -> Observation {
            var thing = Observation(
                prediction: Prediction(classID: 7, label: label, probability: probability), heatmap: cold,
                box: PixelBox(x0: 1, y0: 2, x1: 3, y1: 4), track: 5)
            (thing.found, thing.isRecognised) = (found, isRecognised)
            return thing
        }
        let dog = Prediction(classID: 16, label: "dog", probability: 0.5)
        var entry = LatestMaps.Entry(
            frame: 0, session: session, seconds: 0, top: [],
            observations: [
                thing("beagle", 0.75, found: dog, isRecognised: true),
                thing("beagle", 0.03, found: dog, isRecognised: false),
                thing("dog", 0.5, found: nil, isRecognised: true),
            ])
        entry.reading = .objects
        let box = [1, 2, 3, 4]
        #expect(
            entry.scores == [
                ClassScore(id: 7, label: "beagle", probability: 0.75, track: 5, box: box, found: "dog"),
                ClassScore(id: 16, label: "dog", probability: 0.5, track: 5, box: box),
                ClassScore(id: 7, label: "dog", probability: 0.5, track: 5, box: box),
            ])
        #expect(entry.drawnLabel == "beagle")
    }

    @Test func aFrameGetsItsOwnMaps() {
        for frame in 0...2 { post(frame) }
        #expect(latest.entry(forFrame: 1, session, arrival: past)?.frame == 1)
        #expect(latest.entry(forFrame: 2, session, arrival: past)?.frame == 2)
    }

    @Test func aFrameWithoutMapsGetsTheNewestBeforeItAndNeverOneFromLater() {
        for frame in [0, 3, 6] { post(frame) }
        #expect(latest.entry(forFrame: 5, session, arrival: past)?.frame == 3)
        #expect(latest.entry(forFrame: 9, session, arrival: past)?.frame == 6)
        #expect(latest.entry(forFrame: 2, session, arrival: past)?.frame == 0)
    }

    @Test func beforeTheFirstMapsThereAreNone() {
        #expect(latest.entry(forFrame: 0, session, arrival: past) == nil)
        post(4)
        #expect(latest.entry(forFrame: 3, session, arrival: past) == nil)
    }

    @Test func mapsThatComeSoonAreWaitedFor() async {
        let (latest, session) = (latest, session)
        // Whoever of the two comes first: the frame gets its own maps.
        for frame in 0..<50 {
            async let found = Task.detached {
                latest.entry(forFrame: frame, session, arrival: .now + .seconds(60))?.frame
            }.value
            post(frame)
            #expect(await found == frame)
        }
    }

    @Test func nobodyWaitsWhereInferenceIsSlow() {
        latest.post(
            .init(frame: 0, session: session, seconds: 0, top: [], observations: []), arrival: .now - .seconds(1),
            generation: latest.generation)
        // It would wait for an hour.
        #expect(latest.entry(forFrame: 1, session, arrival: .now)?.frame == 0)
    }

    @Test func afterAGapOldMapsAreGoneEvenThoseThatComeLate() {
        post(0)
        let generation = latest.generation
        latest.forget()
        #expect(latest.entry(forFrame: 1, session, arrival: past) == nil)
        latest.post(
            .init(frame: 1, session: session, seconds: 0, top: [], observations: []), arrival: .now,
            generation: generation)
        #expect(latest.entry(forFrame: 2, session, arrival: past) == nil)
    }

    @Test func theEndOfInferenceEndsTheWaiting() {
        post(0)
        latest.finish()
        #expect(latest.entry(forFrame: 7, session, arrival: .now + .seconds(3600))?.frame == 0)
    }

    @Test func aFrameGetsTheMapsOfItsSessionAndThoseOfTheOneBeforeUntilThereAreAny() {
        let next = Self.session()
        for frame in 0...2 { post(frame) }
        #expect(latest.entry(forFrame: 3, next, arrival: past)?.frame == 2)
        post(4, of: next)
        #expect(latest.entry(forFrame: 3, next, arrival: past)?.session.number == session.number)
        for frame in 4...6 {
            #expect(latest.entry(forFrame: frame, next, arrival: past)?.session.number == next.number)
        }
        // Frames of the first one that are late do not see what comes after them.
        post(2, of: session)
        #expect(latest.entry(forFrame: 5, session, arrival: past)?.session.number == session.number)
    }

    @Test func whereMethodsAreComparedNoMapStandsInForThoseOfOthers() {
        let compared = Self.session(["cam", "layercam"])
        post(0)
        #expect(latest.entry(forFrame: 1, compared, arrival: past) == nil)
        post(2, of: compared)
        #expect(latest.entry(forFrame: 3, Self.session(), arrival: past) == nil)
    }

    @Test func aFrameWaitsForTheMapsOfItsOwnSession() async {
        let (latest, next) = (latest, Self.session())
        post(0)
        async let found = Task.detached {
            latest.entry(forFrame: 1, next, arrival: .now + .seconds(60))?.session.number
        }
        .value
        post(1, of: next)
        #expect(await found == next.number)
    }
}
