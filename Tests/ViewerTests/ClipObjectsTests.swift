import Kept
import Pipeline
import Testing

@testable import Viewer

/// The things of a clip as its page reads them.
struct ClipObjectsTests {
    private func things(_ objects: String) throws -> [KeptObject] {
        try #require(KeptRecord(line: #"{"frame":0,"top":[],"heat":[],"objects":\#(objects)}"#)?.objects)
    }

    @Test func countsStandFirstAndThenTheThingsOfAllPictures() throws {
        var objects = ClipObjects(width: 300, height: 200)
        objects.add(try things("[[3,0.5,1,0,4,2,7],[4,0.25,0,0,999,1],[5,0.5,400,0,500,9]]"))
        objects.add([])
        objects.add(try things("[[3,0.75,1,2,3,4]]"))
        let counts: [UInt32] = [2, 0, 1]
        let (classes, tracks): ([Int32], [Int32]) = ([3, 4, 3], [7, -1, -1])
        let (scores, corners): ([UInt16], [UInt16]) = ([5000, 2500, 7500], [1, 0, 4, 2, 0, 0, 300, 1, 1, 2, 3, 4])
        #expect(objects.bytes == counts.bytes + classes.bytes + tracks.bytes + scores.bytes + corners.bytes)
    }

    @Test func aPictureWithAnotherThingIsMarked() throws {
        var table = ClipTable(tracks: 1)
        let one = "[3,0.5,1,0,4,2,1]"
        let pictures = ["[]", "[\(one)]", "[\(one),[3,0.4,9,9,20,20,2]]", "[\(one)]", "[[5,0.4,9,9,20,20,3]]"]
        for objects in pictures {
            let line = #"{"frame":0,"top":[],"heat":[],"objects":\#(objects)}"#
            table.add(KeptRecord(line: line), step: 1, hasHeat: [true])
        }
        // Behind steps, frames, ages and six columns of classes.
        let flags = table.bytes[36 * 5..<38 * 5].enumerated().filter { $0.offset % 2 == 0 }.map { $0.element & 8 }
        #expect(flags == [0, 0, 8, 0, 8])
    }
}
