import Pipeline
import Serve
import Testing

@testable import Events

@Suite struct HookTriggerTests {
    private static func seen(_ probability: Double, _ time: Double) -> Sighting {
        Sighting(time: time, classes: [ClassScore(id: 4, label: "dog", probability: probability)])
    }

    private static func hook(_ change: (inout HookConfig) -> Void) -> HookConfig {
        var hook = HookConfig(.record(.start))
        change(&hook)
        return hook
    }

    @Test func aClassThatFlickersFiresOnce() {
        let hook = Self.hook { ($0.label, $0.seconds, $0.above) = ("dog", 2, 0.6) }
        var trigger = HookTrigger(hook, camera: "")
        var fired: [HookTrigger.Firing] = []
        for step in 0..<300 {
            let time = Double(step) / 10
            let probability = step.isMultiple(of: 4) ? 0.1 : step.isMultiple(of: 3) ? 0.55 : 0.95
            // At first it flickers too much to be there for two seconds.
            let steady = step < 100 ? probability : step < 200 ? max(probability, 0.55) : 0
            if let firing = trigger.note(Self.seen(steady, time), at: time) { fired.append(firing) }
        }
        guard fired.count == 2, case .begin(let begin) = fired[0], case .end(let end) = fired[1] else {
            Issue.record("\(fired)")
            return
        }
        #expect(
            begin.event == .seen && begin.label == "dog" && begin.classId == 4 && (11.6...12.4).contains(begin.time))
        #expect(end.event == .unseen && (21.9...22.2).contains(end.time) && end.seconds != nil)
    }

    @Test func theEndOfTheSignalEndsAClass() {
        var trigger = HookTrigger(Self.hook { $0.label = "dog" }, camera: "door")
        #expect(trigger.note(Self.seen(0.9, 1), at: 1) != nil)
        #expect(
            trigger.note(nil, at: 5) == .end(CameraEvent(.unseen, camera: "door", time: 5, label: "dog", seconds: 4)))
        #expect(trigger.note(nil, at: 6) == nil)
    }

    @Test func anEventFiresWhereItIsOfTheKindTheClassAndTheCamera() {
        let hook = Self.hook { ($0.kind, $0.label, $0.camera) = (.appeared, "dog", "door") }
        let dog = CameraEvent(.appeared, camera: "door", time: 1, label: "dog")
        #expect(HookTrigger(hook, camera: "door").note(dog) == .begin(dog))
        #expect(
            HookTrigger(hook, camera: "door").note(CameraEvent(.gone, camera: "door", time: 1, label: "dog")) == nil)
        #expect(
            HookTrigger(hook, camera: "door").note(CameraEvent(.appeared, camera: "door", time: 1, label: "cat")) == nil
        )
        #expect(HookTrigger(hook, camera: "yard").note(dog) == nil)
        var trigger = HookTrigger(hook, camera: "door")
        #expect(trigger.note(Self.seen(0.9, 1), at: 1) == nil)
    }
}
