import CFFmpeg
import Kept
import Pipeline
import Testing

@Suite struct KeptRecordTests {
    private static let line =
        #"{"frame":7,"top":[[3,0.5],[4,0.25]],"heat":[[3,0.5,0.45]],"age":0.04,"labels":{"3":"cat","4":"dog"}}"#
    private static let region = Region(x: 0, y: 0, width: 4, height: 2)
    private static let map = Heatmap(height: 1, width: 2, values: [0, 1], region: region)
    private static let method = MapMethod(name: "cam", title: "CAM")

    private func explained(_ line: String, names: [Int: String] = [3: "cat"], maps: [Heatmap?]) throws -> Explained {
        let record = try #require(KeptRecord(line: line))
        let frame = try #require(av_frame_alloc())
        (frame.pointee.width, frame.pointee.height) = (4, 2)
        return record.explained(
            Frame(adopting: frame, index: 0, pts: 0, duration: 1, timeBase: AVRational(num: 1, den: 25)),
            names: names, maps: maps, methods: maps.map { _ in Self.method })
    }

    @Test func aTextTrackHasItsLineWithOrWithoutItsLength() throws {
        let record = try #require(KeptRecord(line: Self.line))
        let text = Array(Self.line.utf8)
        let timed = [UInt8(text.count >> 8), UInt8(text.count & 255)] + text
        #expect(KeptRecord(packet: text, isTimedText: false) == record)
        #expect(KeptRecord(packet: timed, isTimedText: true) == record)
        // Styles may follow.
        #expect(KeptRecord(packet: timed + [0, 0, 0, 8, 1, 2, 3, 4], isTimedText: true) == record)
        #expect(record.names.map(\.id).sorted() == [3, 4])
    }

    @Test(arguments: [[], [0], [0, 0], [255, 255, 123], [0, 2, 123, 125]] as [[UInt8]])
    func whatIsNoRecordIsNone(_ bytes: [UInt8]) {
        #expect(KeptRecord(packet: bytes, isTimedText: true) == nil)
        #expect(KeptRecord(packet: bytes, isTimedText: false) == nil)
    }

    @Test func whatWasSeenIsGivenBack() throws {
        let explained = try explained(Self.line, maps: [Self.map])
        #expect(explained.top.map(\.probability) == [0.5, 0.25])
        #expect(explained.top.map(\.label) == ["cat", "class 4"])
        #expect(explained.observations.map(\.heatmap) == [Self.map])
        #expect(explained.observations.map(\.method) == [Self.method])
        #expect(explained.printed == [3: 0.45] && explained.mapAge == 0.04)
    }

    @Test func numbersThatCannotBeAreBroughtIntoRange() throws {
        let line = #"{"frame":0,"top":[[3,3e38],[4,-1]],"heat":[[3,2]],"age":1e300}"#
        let explained = try explained(line, maps: [Self.map])
        #expect(explained.top.map(\.probability) == [1, 0])
        #expect(explained.observations[0].prediction.probability == 1)
        #expect(explained.mapAge == 86_400)
    }

    @Test func nothingIsDrawnInThePlaceOfAMapThatIsMissing() throws {
        let line = #"{"frame":0,"top":[[3,0.5]],"heat":[[3,0.5],[4,0.2],[5,0.1]]}"#
        let maps = [Self.map, nil, Self.map]
        let explained = try explained(line, maps: maps)
        #expect(explained.observations.map(\.prediction.classID) == [3])
    }

    @Test func aBoxIsTakenWhereItLiesInThePicture() throws {
        func box(_ boxes: String) throws -> PixelBox? {
            let line = #"{"frame":0,"top":[],"heat":[[3,0.5]],"boxes":\#(boxes)}"#
            return try explained(line, maps: [Self.map]).observations[0].hotBox
        }
        #expect(try box("[[1,0,4,2]]") == PixelBox(x0: 1, y0: 0, x1: 4, y1: 2))
        for wrong in ["[]", "[[]]", "[[1,0,4]]", "[[1,0,5,2]]", "[[1,0,1,2]]", "[[-1,0,4,2]]", "[[0,2,4,1]]"] {
            #expect(try box(wrong) == nil)
        }
    }

    @Test func aClassIsNotToldApartFromItself() throws {
        let line = #"{"frame":0,"top":[],"heat":[[3,0.5],[4,0.2]],"versus":[4,0.2]}"#
        let explained = try explained(line, maps: [Self.map, Self.map])
        #expect(explained.observations.map(\.versus?.classID) == [4, nil])
    }

    private static func things(_ objects: String) -> String {
        #"{"frame":0,"top":[[3,0.5]],"heat":[],"objects":\#(objects)}"#
    }

    @Test func theThingsOfADetectorAreGivenBackWithTheHeatOfAllOfThem() throws {
        let explained = try explained(Self.things("[[3,0.5,1,0,4,2,7],[4,0.25,0,0,1,1]]"), maps: [Self.map])
        #expect(explained.reading == .objects && explained.heat == Self.map)
        #expect(explained.observations.map(\.prediction.label) == ["cat", "class 4"])
        #expect(explained.observations.map(\.prediction.probability) == [0.5, 0.25])
        #expect(explained.observations[0].box == PixelBox(x0: 1, y0: 0, x1: 4, y1: 2))
        #expect(explained.observations.map(\.track) == [7, nil])
    }

    @Test func aPictureInWhichADetectorFoundNothingHasItsHeatAllTheSame() throws {
        let explained = try explained(Self.things("[]"), maps: [Self.map])
        #expect(explained.observations.isEmpty && explained.heat == Self.map && explained.reading == .objects)
        #expect(try #require(KeptRecord(line: Self.things("[]"))).heatCount == 1)
    }

    @Test(arguments: ["[[3,0.5,4,0,9,2]]", "[[3,0.5,2,0,2,2]]", "[[3,0.5,3,0,1,2]]"])
    func aThingOutsideThePictureIsLeftOut(_ objects: String) throws {
        #expect(try explained(Self.things(objects), maps: [Self.map]).observations.isEmpty)
    }

    @Test func ofAThingTheNumbersThatCannotBeAreBroughtIntoRange() throws {
        let far = "-9223372036854775808,-1,9223372036854775807,99"
        let explained = try explained(Self.things("[[3,3e38,\(far)]]"), maps: [nil])
        #expect(explained.observations[0].box == PixelBox(x0: 0, y0: 0, x1: 4, y1: 2))
        #expect(explained.observations[0].prediction.probability == 1 && explained.heat == nil)
    }

    @Test(arguments: ["[[3,0.5,1,0,4]]", "[[3]]", "[3]", "7"]) func whatIsNoThingMakesNoRecord(_ objects: String) {
        #expect(KeptRecord(line: Self.things(objects)) == nil)
    }

    @Test func noMoreThingsAreReadThanARunKeeps() throws {
        let many = Array(repeating: "[3,0.5,0,0,4,2]", count: 5000).joined(separator: ",")
        #expect(try #require(KeptRecord(line: Self.things("[\(many)]"))).objects?.count == 100)
    }
}
