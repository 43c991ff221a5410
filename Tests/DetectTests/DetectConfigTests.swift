import Detect
import Foundation
import Pipeline
import Testing

struct DetectConfigTests {
    private struct File: Decodable { let detect: DetectConfig }

    private func decode(_ text: String) throws -> DetectConfig {
        try JSONDecoder().decode(File.self, from: Data(text.utf8)).detect
    }

    @Test func everythingMayBeLeftOut() throws {
        let config = try decode(#"{"detect": {}}"#)
        #expect(config == DetectConfig())
        #expect(config.minScore == 0.25 && config.maxBoxes == 20 && config.overlap == 0.45)
        #expect(config.track == .on && config.heat == .all)
        #expect(throws: Never.self) { try config.validate() }
    }

    @Test func everythingMayBeSaid() throws {
        let config = try decode(
            #"{"detect": {"min-score": 0.5, "max-boxes": 3, "overlap": 0.7, "track": "off", "heat": "dwell"}}"#)
        #expect(config.minScore == 0.5 && config.maxBoxes == 3 && config.overlap == 0.7)
        #expect(config.track == .off && config.heat == .dwell)
    }

    @Test(arguments: [
        (
            #"{"detect": {"minscore": 1}}"#,
            "unknown setting 'detect.minscore'; did you mean 'min-score'? Allowed here: min-score, max-boxes, overlap, track, heat, crop-margin"
        ),
        (
            #"{"detect": {"heat": "al"}}"#,
            "detect.heat cannot be 'al'; did you mean 'all'? Allowed: all, sum, box, dwell"
        ),
    ])
    func misspeltSettingIsNamed(_ text: String, _ message: String) {
        #expect {
            _ = try decode(text)
        } throws: {
            "\($0)" == message
        }
    }

    @Test(arguments: [
        (#"{"detect": {"min-score": 1.5}}"#, "detect.min-score", "1.5", "0 to 1"),
        (#"{"detect": {"max-boxes": 0}}"#, "detect.max-boxes", "0", "1 to 100"),
        (#"{"detect": {"overlap": -1}}"#, "detect.overlap", "-1.0", "0 to 1"),
    ])
    func whatIsOutOfRangeIsNamed(_ text: String, key: String, value: String, allowed: String) throws {
        let config = try decode(text)
        #expect(throws: ConfigError.outOfRange(key: key, value: value, allowed: allowed)) { try config.validate() }
    }

    @Test func whereObjectsAreFollowedLowScoresAreAskedForToo() {
        var config = DetectConfig()
        #expect(config.rule() == DetectionRule(minScore: 0.1, maxBoxes: 20, overlap: 0.45))
        config.track = .off
        #expect(config.rule(classes: [3]) == DetectionRule(minScore: 0.25, classes: [3]))
    }

    @Test func aDwellMapIsOfNoBoxesMap() {
        #expect(DetectConfig.Heat.allCases.filter { $0.join == nil } == [.dwell])
    }
}
