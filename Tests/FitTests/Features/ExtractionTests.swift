import Foundation
import Infer
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Fit

struct ExtractionTests {
    private static let backbone = Result { try Backbone(model: Photos.backbone, card: nil) }
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func extract(_ list: DataList, views: Int = 1, mostFrames: Int = 60) throws -> Extraction {
        let backbone = try Self.backbone.get()
        var options = ExtractionOptions()
        (options.views, options.mostFrames) = (views, mostFrames)
        return try Extraction(list, backbone, backbone.compile(), options) { _, _ in }
    }

    private func list(_ table: String) throws -> DataList {
        try DataList(path: folder.write(table.utf8, to: "list.csv"))
    }

    @Test func eachPictureIsAnExampleWithARowAView() throws {
        let path = try Photos.fill(folder, [("red", Photos.red), ("blue", Photos.blue)], count: 3)
        let found = try extract(DataList(path: path), views: 3)
        #expect(found.examples.map(\.label) == [0, 0, 0, 1, 1, 1])
        #expect(found.examples.map(\.group) == Array(0..<6))
        #expect(found.features.count == 18 && found.features.examples == (0..<18).map { $0 / 3 })
        #expect(found.wholes.count == 6 && found.wholes.examples == Array(0..<6))
        #expect(found.wholes[1] == found.features[3])
        let chosen = found.rows(ofExamples: [5, 0])
        #expect(
            chosen.examples == [0, 0, 0, 1, 1, 1] && chosen[0] == found.features[15] && chosen[3] == found.features[0])
        // Colours lie apart: the model is made for them.
        let (blue, red) = (found.wholes[0], found.wholes[3])
        #expect(zip(blue, red).contains { abs($0 - $1) > 0.01 })
    }

    @Test func theSamePicturesHaveTheSameFeaturesWhoeverLooksAtThem() throws {
        let path = try Photos.fill(folder, [("red", Photos.red), ("blue", Photos.blue)], count: 6)
        let list = try DataList(path: path)
        #expect(try extract(list, views: 4).features == extract(list, views: 4).features)
        // The views of more are those of fewer, too.
        #expect(try extract(list, views: 1).features == extract(list, views: 3).wholes)
    }

    @Test func whatCannotBeReadIsToldAndLeftOut() throws {
        let path = try Photos.fill(folder, [("red", Photos.red), ("blue", Photos.blue)], count: 2)
        try folder.write("not a picture, but a text of some length\n".utf8, to: "photos/red/notes.jpg")
        try folder.write([], to: "photos/red/empty.png")
        let jpeg = folder.file("whole.jpg")
        try FFmpegTool.run(["-f", "lavfi", "-i", "testsrc=s=320x240", "-frames:v", "1", jpeg])
        let bytes = try folder.bytes(of: "whole.jpg")
        try folder.write(bytes.prefix(bytes.count / 2), to: "photos/blue/cut.jpg")
        try folder.write(bytes, to: "photos/blue/whole.jpg")
        let found = try extract(DataList(path: path))
        #expect(found.examples.count == 5)
        #expect(found.skipped.map(\.name) == ["blue/cut.jpg", "red/empty.png", "red/notes.jpg"])
        #expect(found.skipped[0].reason == "it is damaged or was cut off")
        #expect(found.skipped.allSatisfy { !$0.reason.contains(folder.path) && !$0.reason.isEmpty })
    }

    @Test func aClipGivesTwoExamplesASecondInOneGroup() throws {
        let clip = folder.file("clip.mp4")
        try FFmpegTool.run(["-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=3", "-pix_fmt", "yuv420p", clip])
        try folder.write(Photos.picture(Photos.red), to: "red.ppm")
        let all = try extract(list("clip.mp4,a\nred.ppm,b\n"))
        #expect(all.examples.map(\.seconds) == [0, 0.5, 1, 1.5, 2, 2.5, nil])
        #expect(all.examples.map(\.group) == [0, 0, 0, 0, 0, 0, 1])
        #expect(all.examples[1].title == "clip.mp4 at 0.5 s" && all.examples[6].title == "red.ppm")
        let few = try extract(list("clip.mp4,a\nred.ppm,b\n"), mostFrames: 3)
        #expect(few.examples.compactMap(\.seconds) == [0, 1, 2])
        let spans = try extract(list("clip.mp4,a,0,1\nclip.mp4,b,2,\nred.ppm,b,,\n"))
        #expect(spans.examples.compactMap(\.seconds) == [0, 0.5, 2, 2.5])
        #expect(spans.examples.map(\.group) == [0, 0, 0, 0, 1])
        let wrong = try extract(list("clip.mp4,a,7,8\nred.ppm,b,1,2\n"))
        #expect(wrong.examples.isEmpty && wrong.skipped.count == 2)
    }

    @Test func aBoxIsAPictureOfItsOwn() throws {
        // Left half red, right half blue.
        var bytes = Array("P6\n40 20\n255\n".utf8)
        for _ in 0..<20 {
            for column in 0..<40 { bytes += column < 20 ? [220, 40, 40] : [40, 40, 220] }
        }
        try folder.write(bytes, to: "both.ppm")
        var plain = Array("P6\n20 20\n255\n".utf8)
        for _ in 0..<400 { plain += [220, 40, 40] }
        try folder.write(plain, to: "red.ppm")
        let found = try extract(
            list("both.ppm,red,0,0,20,20\nboth.ppm,blue,20,0,99,20\nred.ppm,red,0,0,20,20\n"), views: 3)
        #expect(found.examples.map(\.group) == [0, 0, 1])
        let rows = found.wholes
        #expect(zip(rows[0], rows[2]).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(zip(rows[0], rows[1]).contains { abs($0 - $1) > 0.05 })
        let outside = try extract(list("both.ppm,red,50,0,20,20\nred.ppm,blue,0,0,20,20\n"))
        #expect(outside.skipped.map(\.reason) == ["the box lies outside of the image"])
    }

    @Test func progressCountsTheFiles() throws {
        let path = try Photos.fill(folder, [("red", Photos.red), ("blue", Photos.blue)], count: 3)
        let backbone = try Self.backbone.get()
        let counts = Mutex<[Int]>([])
        _ = try Extraction(DataList(path: path), backbone, backbone.compile(), ExtractionOptions()) { done, total in
            counts.withLock { $0.append(done * 100 + total) }
        }
        #expect(counts.withLock { $0.sorted() } == [106, 206, 306, 406, 506, 606])
    }
}
