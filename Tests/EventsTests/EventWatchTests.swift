import Foundation
import Pipeline
import Serve
import TestSupport
import Testing

@testable import Events

@Suite struct EventWatchTests {
    private static func classified(_ label: String?, _ time: Double, probability: Double = 0.9) -> Sighting {
        let score = label.map { ClassScore(id: 7, label: $0, probability: probability) }
        return Sighting(time: time, classes: score.map { [$0] } ?? [], shown: score)
    }

    private static func thing(_ kind: String?, _ time: Double, session: Int = 0) -> Sighting {
        Sighting(
            time: time, session: session, isOfThings: true,
            classes: [ClassScore(id: 1, label: "dog", probability: 0.8, track: 3, box: [1, 2, 30, 40])],
            things: kind.map { [ObjectEvent(kind: $0, track: 3, label: "dog")] } ?? [])
    }

    @Test func theFirstClassIsToldAtOnceAndTheNextOneWhenItHasSettled() {
        var watch = EventWatch(camera: "door")
        #expect(watch.note(Self.classified(nil, 99)) == [])
        #expect(
            watch.note(Self.classified("dog", 100)) == [
                CameraEvent(.classChanged, camera: "door", time: 100, label: "dog", classId: 7, probability: 0.9)
            ])
        #expect(watch.note(Self.classified("cat", 101)) == [])
        #expect(
            watch.note(Self.classified("cat", 101.5)) == [
                CameraEvent(
                    .classChanged, camera: "door", time: 101.5, label: "cat", classId: 7, probability: 0.9,
                    previous: "dog", seconds: 1)
            ])
        #expect(watch.standing.label == "cat" && watch.standing.since == 101 && watch.standing.signal)
    }

    @Test func aClassThatFlickersIsNoEvent() {
        var watch = EventWatch(camera: "")
        _ = watch.note(Self.classified("dog", 0))
        for step in 1...50 {
            let label = step.isMultiple(of: 3) ? "cat" : step.isMultiple(of: 7) ? nil : "dog"
            #expect(watch.note(Self.classified(label, Double(step) * 0.3)) == [])
        }
    }

    @Test func whereNothingIsRecognisedAnyMoreTheEventHasNoClass() {
        var watch = EventWatch(camera: "")
        _ = watch.note(Self.classified("dog", 0))
        _ = watch.note(Self.classified(nil, 3))
        #expect(
            watch.note(Self.classified(nil, 4)) == [
                CameraEvent(.classChanged, camera: "", time: 4, previous: "dog", seconds: 3)
            ])
        #expect(watch.standing.label == nil)
    }

    @Test func aThingAppearsAndIsGoneWithItsBox() {
        var watch = EventWatch(camera: "")
        #expect(
            watch.note(Self.thing("began", 10)) == [
                CameraEvent(
                    .appeared, camera: "", time: 10, label: "dog", classId: 1, probability: 0.8, track: 3,
                    box: [1, 2, 30, 40])
            ])
        #expect(watch.note(Self.thing("lost", 11)) == [] && watch.standing.things == 1)
        #expect(
            watch.note(Self.thing("ended", 12.5)) == [
                CameraEvent(
                    .gone, camera: "", time: 12.5, label: "dog", classId: 1, seconds: 2.5, track: 3,
                    box: [1, 2, 30, 40])
            ])
    }

    @Test func thingsOfAnotherSessionOrALostSignalAreGone() {
        var watch = EventWatch(camera: "")
        _ = watch.note(Self.thing("began", 10))
        #expect(watch.note(Self.thing("began", 11, session: 2)).map(\.event) == [.gone, .appeared])
        #expect(watch.lose(at: 12).map(\.event) == [.gone, .signalLost])
        #expect(watch.lose(at: 13) == [] && !watch.standing.signal)
        #expect(watch.find(at: 15) == [CameraEvent(.signalFound, camera: "", time: 15, seconds: 3)])
        #expect(watch.find(at: 16) == [])
    }

    /// It was captured before, and explained after.
    @Test func aPictureThatWasOnItsWayWhenTheSignalWasLostIsNoReturn() {
        var watch = EventWatch(camera: "")
        _ = watch.lose(at: 100)
        #expect(watch.note(Self.classified("dog", 99.9)) == [] && !watch.standing.signal)
        #expect(watch.note(Self.classified("dog", 101)).map(\.event) == [.signalFound, .classChanged])
    }

    @Test func anomaliesHaveAHysteresis() {
        var watch = EventWatch(camera: "")
        func events(_ anomaly: Double, _ time: Double) -> [CameraEvent] {
            watch.note(Sighting(time: time, classes: [], anomaly: anomaly))
        }
        #expect(events(0.2, 1) == [] && events(0.49, 2) == [])
        #expect(events(0.5, 3) == [CameraEvent(.anomalous, camera: "", time: 3, probability: 0.5, seconds: 2)])
        #expect(events(0.46, 4) == [] && events(0.7, 5) == [])
        #expect(events(0.4, 6) == [CameraEvent(.normal, camera: "", time: 6, probability: 0.4, seconds: 3)])
    }

    @Test func theTimeOnScreenOfChosenClassesIsCounted() {
        var config = EventsConfig()
        (config.classes, config.above) = (["dog", "cat"], 0.5)
        var watch = EventWatch(camera: "", config)
        for step in 0...10 { _ = watch.note(Self.classified("dog", Double(step) * 0.5)) }
        // A gap counts for a second.
        _ = watch.note(Self.classified("dog", 60))
        #expect(watch.seconds == ["dog": 6, "cat": 0])
        #expect(watch.standing.classes == ["dog": true, "cat": false])
        _ = watch.lose(at: 61)
        #expect(watch.standing.classes == ["dog": false, "cat": false])
    }

    @Test func theStateTellsWhereTheHeatIs() {
        var watch = EventWatch(camera: "")
        let heat = Heatmap(
            height: 2, width: 2, values: [1, 0, 0, 0], region: Region(x: 0, y: 0, width: 100, height: 50))
        _ = watch.note(Self.classified("dog", 1))
        var standing = watch.standing
        standing.measure(heat, width: 100, height: 50)
        #expect(standing.peak != nil && standing.box != nil && (standing.hot ?? 0) > 0.1 && (standing.hot ?? 1) < 0.7)
    }
}

@Suite struct ExampleTests {
    /// Lines of JSON in a page of the documentation.
    private static func examples(_ page: String) throws -> [String] {
        try String(contentsOf: checkout.appending(path: "docs/\(page)"), encoding: .utf8)
            .split(separator: "\n").map(String.init).filter { $0.hasPrefix("{\"") && $0.hasSuffix("}") }
    }

    private static func decoded<Value: Decodable>(_ type: Value.Type, _ line: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(line.utf8))
    }

    @Test func theExamplesOfThePagesAreWhatIsSent() throws {
        let events = try Self.examples("reference/events.md")
        #expect(events.count >= 4)
        for line in events { #expect(try Self.decoded(CameraEvent.self, line).json == line) }
        let states = try Self.examples("guides/integration.md").filter { $0.contains("\"signal\":") }
        #expect(states.count == 1)
        for line in states { #expect(CameraEvent.json(try Self.decoded(CameraStanding.self, line)) == line) }
    }
}

@Suite struct ClassPresenceTests {
    @Test func aClassThatFlickersComesOnce() {
        var presence = ClassPresence(above: 0.6, for: 2)
        var changes: [ClassPresence.Change] = []
        for step in 0..<200 {
            // Every third picture it is not sure.
            let probability = step < 20 ? 0 : step < 150 ? (step.isMultiple(of: 3) ? 0.5 : 0.9) : 0
            if let change = presence.note(probability, at: Double(step) / 10) { changes.append(change) }
        }
        guard changes.count == 2, changes[0] == .came, case .went(let seconds) = changes[1] else {
            Issue.record("\(changes)")
            return
        }
        #expect(abs(seconds - 13) < 0.2)
    }

    @Test func itMustBeThereForAWhile() {
        var presence = ClassPresence(above: 0.6, for: 2)
        #expect(presence.note(0.9, at: 0) == nil && presence.note(0.9, at: 1.9) == nil)
        #expect(presence.note(0.1, at: 1.95) == nil && presence.note(0.9, at: 2) == nil && !presence.isHere)
        #expect(presence.note(0.9, at: 4) == .came && presence.isHere)
    }

    @Test func whatIsThereEndsWithTheSignal() {
        var presence = ClassPresence(above: 0.5)
        #expect(presence.end(at: 1) == nil)
        #expect(presence.note(0.5, at: 2) == .came)
        #expect(presence.end(at: 5) == .went(after: 3) && presence.end(at: 6) == nil)
    }
}
