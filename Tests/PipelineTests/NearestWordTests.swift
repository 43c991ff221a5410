import Testing

@testable import Pipeline

struct NearestWordTests {
    @Test(arguments: [
        ("gradcamm", "gradcam"), ("turbbo", "turbo"), ("tirple", "triple"), ("side_by_side", "side-by-side"),
        ("JET", "jet"), ("opactiy", "opacity"),
    ])
    func aMisspeltWordIsFound(word: String, meant: String) {
        let choices = ["gradcam", "gradcam++", "turbo", "triple", "side-by-side", "jet", "opacity"]
        #expect(NearestWord.to(word, among: choices) == meant)
    }

    @Test(arguments: ["", "x", "kalman", "720p"])
    func anotherWordIsNotTakenForOne(word: String) {
        #expect(NearestWord.to(word, among: ["one-euro", "median", "exponential"]) == nil)
    }

    @Test(arguments: [("cat", "cat", 0), ("cat", "act", 1), ("cat", "", 3), ("kitten", "sitting", 3)])
    func theDistanceCountsEdits(one: String, other: String, distance: Int) {
        #expect(NearestWord.distance(Array(one), Array(other)) == distance)
    }
}
