import Foundation
import Kept
import Pipeline
import Testing

/// A file may say anything of its tracks.
@Suite struct HostileFactsTests {
    private static let streams: [KeptFacts.Stream] = [
        .pictures(width: 64, height: 48), .pictures(width: 8, height: 6), .text, .text, .other,
    ]

    private func line(_ change: (inout KeptFacts) -> Void = { _ in }) throws -> String {
        let map = Heatmap(
            height: 6, width: 8, values: Array(repeating: 0, count: 48),
            region: Region(x: 0, y: 0, width: 64, height: 48))
        let grid = HeatGrid(of: map, pictureWidth: 64, pictureHeight: 48, columns: 8)
        var facts = KeptFacts(
            camstream: "0.1.0", model: .init(name: "m", sha256: "00"), width: 64, height: 48, video: 0, labels: 2,
            records: 3,
            heat: [
                .init(stream: 1, method: "cam", methodTitle: "CAM", layers: [], region: map.region, grid: grid)
            ], settings: [:])
        change(&facts)
        return facts.line
    }

    private func fault(_ line: String, tag: String = "CAMSTREAM") -> KeptFault? {
        do throws(KeptFault) {
            _ = try KeptFacts(hostile: [tag: line], streams: Self.streams)
            return nil
        } catch {
            #expect(!"\(error)".contains("\n"))
            return error
        }
    }

    @Test(arguments: ["CAMSTREAM", "camstream", "description", "comment"])
    func factsAreFoundInAnyOfTheirTags(_ tag: String) throws {
        #expect(fault(try line(), tag: tag) == nil)
    }

    @Test func anotherTagIsNoKeptRecording() throws {
        #expect(fault("a fine day") == .notKept)
        #expect(fault(try line(), tag: "title") == .notKept)
        #expect(fault(#"{"camstream_kept":{"format":1"#) == .unreadable)
        #expect(fault(#"{"camstream_kept":{"format":7,"all":"new"}}"#) == .newerFormat(7))
    }

    @Test func whatCannotBeIsRefused() throws {
        let faults: [(String, (inout KeptFacts) -> Void)] = [
            ("format", { $0.format = 0 }), ("size", { $0.width = 0 }), ("size", { $0.height = -1 }),
            ("size", { $0.width = .max }), ("number of tracks", { $0.heat = [] }),
            ("number of tracks", { $0.heat = Array(repeating: $0.heat[0], count: 7) }),
            ("region", { $0.heat[0].region = [0, 0, 64] }), ("region", { $0.heat[0].region = [0, 0, 0, 48] }),
            ("region", { $0.heat[0].region = [0, 0, 1e300, 48] }), ("region", { $0.heat[0].region[0] = -1e300 }),
            ("number of a stream", { $0.labels = 1 }), ("number of a stream", { $0.heat[0].stream = 0 }),
        ]
        for (key, change) in faults { #expect(fault(try line(change)) == .impossible(key: key), "\(key)") }
    }

    /// The track of a map of the picture's middle is as long as the picture is, in steps of that map.
    @Test func theTrackOfAVeryWidePictureIsRead() throws {
        let map = Heatmap(
            height: 10, width: 10, values: Array(repeating: 0, count: 100),
            region: Region(x: 3824, y: 0, width: 32, height: 32))
        let grid = HeatGrid(of: map, pictureWidth: 7680, pictureHeight: 32)
        let heat = KeptFacts.HeatTrack(
            stream: 1, method: "cam", methodTitle: "CAM", layers: [], region: map.region, grid: grid)
        let facts = KeptFacts(
            camstream: "0.1.0", model: .init(name: "m", sha256: "00"), width: 7680, height: 32, video: 0, labels: 2,
            records: 3, heat: [heat], settings: [:])
        let streams: [KeptFacts.Stream] = [
            .pictures(width: 7680, height: 32), .pictures(width: grid.width, height: grid.height), .text, .text,
        ]
        #expect(grid.width > 2048)
        #expect(try KeptFacts(hostile: ["CAMSTREAM": facts.line], streams: streams) == facts)
    }

    @Test(arguments: [
        #""width":0"#, #""width":-8"#, #""width":100000000000"#, #""step_x":0"#, #""step_x":-1"#, #""step_x":1e-300"#,
        #""step_x":1e300"#, #""x":1e300"#, #""y":-1e9"#,
    ]) func aGridThatCannotBeIsRefused(_ member: String) throws {
        let key = member.prefix { $0 != ":" } + ":"
        let whole = try line()
        let start = try #require(whole.range(of: "\"grid\":{")?.upperBound)
        let from = try #require(whole.range(of: key, range: start..<whole.endIndex))
        let end = try #require(whole[from.upperBound...].firstIndex { ",}".contains($0) })
        #expect(fault(whole.replacingCharacters(in: from.lowerBound..<end, with: member)) == .impossible(key: "grid"))
    }

    @Test func streamsThatAreNotThereAreNamed() throws {
        #expect(fault(try line { $0.video = -1 }) == .missing(track: "video", stream: -1))
        #expect(fault(try line { $0.video = 4 }) == .missing(track: "video", stream: 4))
        #expect(fault(try line { $0.records = .max }) == .missing(track: "records", stream: .max))
        #expect(fault(try line { $0.labels = 4 }) == .missing(track: "label track", stream: 4))
        #expect(fault(try line { $0.heat[0].stream = 4 }) == .missing(track: "heat track", stream: 4))
    }
}
