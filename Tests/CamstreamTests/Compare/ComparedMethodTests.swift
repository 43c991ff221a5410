import Capture
import Encode
import Infer
import Pipeline
import TestSupport
import Testing

@testable import camstream

/// What is compared, and on which frame.
struct ComparedMethodTests {
    private func method(_ name: String) throws -> MethodName { try #require(MethodName(rawValue: name)) }

    @Test func methodsAreNamedWithCommasAndCountOnce() throws {
        #expect(try ComparedMethod.methods("Grad-CAM, cam,gradcam") == [method("gradcam"), method("cam")])
    }

    @Test func aMistypedMethodIsToldWithWhatItMayBe() throws {
        let error = #expect(throws: CompareError.self) { try ComparedMethod.methods("cam,gradcan") }
        #expect(error?.description.hasPrefix("no method is called 'gradcan'; did you mean 'gradcam'") == true)
        let other = #expect(throws: CompareError.self) { try ComparedMethod.methods("qqqqqqqq") }
        #expect(other?.description.contains("there are: auto, cam, gradcam") == true)
        #expect(throws: CompareError.nothingNamed(option: "--methods")) { try ComparedMethod.methods(" , ") }
    }

    @Test func withoutNamesTheMethodsAreThoseThatKnowTheClassAndAreQuick() throws {
        let shown = ComparedMethod.all(nil, layers: [])
        #expect(shown.count > 5 && shown.allSatisfy { $0.isOptional && $0.layer == nil })
        let names = shown.map(\.method.rawValue)
        #expect(names.contains("cam") && names.contains("gradcam++"))
        for name in ["eigencam", "features", "scorecam", "rise", "auto"] { #expect(!names.contains(name)) }
    }

    @Test func methodsAreCombinedWithLayersUnlessTheyMapThePicture() throws {
        let (cam, saliency) = (try method("layercam"), try method("saliency"))
        let shown = ComparedMethod.all([cam, saliency], layers: ["-1", "-2"])
        #expect(
            shown == [
                ComparedMethod(method: cam, layer: "-1", isOptional: false),
                ComparedMethod(method: cam, layer: "-2", isOptional: false),
                ComparedMethod(method: saliency, layer: nil, isOptional: false),
            ])
        #expect(
            ComparedMethod.all(nil, layers: ["-1"]) == [
                ComparedMethod(method: try method("gradcam"), layer: "-1", isOptional: false)
            ])
    }

    @Test(arguments: [("12.5", 12.5), ("0", 0), ("1:02:03.5", 3723.5), ("00:10", 10)])
    func timesAreSecondsOrClockTimes(text: String, seconds: Double) throws {
        #expect(try FrameSearch.seconds(text) == seconds)
    }

    @Test(arguments: ["", "-1", "soon", "1:2:3:4", "12.5x"])
    func otherTimesAreRefused(text: String) {
        #expect(throws: CompareError.noTime(text: text)) { try FrameSearch.seconds(text) }
    }

    private func index(at seconds: Double?, _ input: String = "demo:seconds=1,size=32x32,fps=10") throws -> Int {
        var config = CaptureConfig()
        config.input = input
        let source = try openSource(config, interrupt: Interrupt())
        return try FrameSearch.frame(of: source, at: seconds, ProgressLine(isShown: false)).index
    }

    @Test func theFrameIsTheOneThatIsShownAtATime() throws {
        #expect(try index(at: nil) == 0 && index(at: 0) == 0 && index(at: 0.09) == 0)
        #expect(try index(at: 0.1) == 1 && index(at: 0.55) == 5 && index(at: 0.99) == 9)
        let end = #expect(throws: CompareError.self) { try index(at: 1) }
        #expect(end?.description.contains("ends at 1.0 s") == true)
        #expect(throws: CompareError.onePicture(input: "demo:seconds=0.1,size=32x32,fps=10")) {
            try index(at: 0.05, "demo:seconds=0.1,size=32x32,fps=10")
        }
    }

    @Test func timesAreShortAndTheirMedianIsTheMiddleOne() {
        #expect(TimedMap.text(.microseconds(7432)) == "7.4 ms" && TimedMap.text(.microseconds(9960)) == "10 ms")
        #expect(TimedMap.text(.milliseconds(120)) == "120 ms" && TimedMap.text(.milliseconds(12_345)) == "12.3 s")
        let times = [9, 1, 2, 8, 3].map { Duration.milliseconds($0) }
        #expect(TimedMap.median(times) == .milliseconds(3) && TimedMap.median([]) == nil)
    }
}
