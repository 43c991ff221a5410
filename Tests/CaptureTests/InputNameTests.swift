import Foundation
import TestSupport
import Testing

@testable import Capture

/// What names of inputs stand for that people try.
struct InputNameTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func inFull(_ input: String, waits: Bool = false, _ cameras: [String] = ["/dev/video0", "/dev/video4"])
        throws -> String
    {
        try InputName.inFull(input, waits: waits, cameras: { cameras })
    }

    private func pattern(_ names: [String], of sub: String = "frames") throws -> String {
        try FileManager.default.createDirectory(atPath: folder.file(sub), withIntermediateDirectories: true)
        for name in names { try folder.write([0], to: "\(sub)/\(name)") }
        return try inFull(folder.file(sub))
    }

    @Test(arguments: [("0", "/dev/video0"), ("webcam", "/dev/video0"), ("1", "/dev/video4")])
    func camerasAreCounted(input: String, path: String) throws {
        #expect(try inFull(input) == path)
    }

    @Test(arguments: ["clip.mp4", "/dev/video7", "rtsp://camera/0", "-", "demo:", "007", "1.5", "frames/%05d.png", ""])
    func otherNamesStayAsTheyAre(input: String) throws {
        #expect(try inFull(input) == input)
    }

    @Test func aCameraThatIsNotThereIsAnErrorThatSaysWhichAre() throws {
        #expect(throws: CaptureError.noCamera(input: "2", found: ["/dev/video0", "/dev/video4"])) { try inFull("2") }
        #expect(
            CaptureError.noCamera(input: "2", found: ["/dev/video0", "/dev/video4"]).description
                == "2: there is no such camera, only 0 (/dev/video0), 1 (/dev/video4). Cameras are counted from 0.")
        #expect(throws: CaptureError.noCamera(input: "webcam", found: [])) { try inFull("webcam", []) }
        #expect(try inFull("1", waits: true, []) == "/dev/video1")
    }

    @Test func aFileOfThatNameGoesFirst() throws {
        let path = try folder.write([0], to: "0")
        #expect(try inFull(path) == path)
    }

    @Test func aScreenIsSentByFFmpeg() {
        #expect(throws: CaptureError.screen) { try inFull("screen") }
        #expect(CaptureError.screen.description.contains("ffmpeg -f x11grab"))
    }

    @Test(arguments: [
        (["f_001.png", "f_002.png", "f_100.png"], "f_%03d.png"), (["8.jpg", "9.jpg", "10.jpg"], "%d.jpg"),
        (["00008.JPG", "00009.JPG"], "%05d.JPG"),
        (["shot2_01.png", "shot2_02.png", "notes.txt", ".hidden.png"], "shot2_%02d.png"),
        (["999.png", "1000.png"], "%d.png"), (["099.png", "1000.png"], "%03d.png"),
    ])
    func aFolderOfNumberedPicturesIsASequence(names: [String], expected: String) throws {
        #expect(try pattern(names) == folder.file("frames/\(expected)"))
    }

    @Test(arguments: [
        ["a.png", "b.png"], ["a1.png", "b2.png"], ["1.png", "01.png"], ["1.png", "2.jpg"], ["50%d1.png"],
    ])
    func aFolderOfOtherPicturesSaysWhatToDo(names: [String]) throws {
        #expect(throws: CaptureError.folderOfPictures(input: folder.file("frames"), count: names.count)) {
            try pattern(names)
        }
    }

    @Test func aFolderOfVideosIsForBatch() throws {
        let path = folder.file("clips")
        #expect(throws: CaptureError.folderOfVideos(input: path, count: 2)) {
            try pattern(["a.mp4", "b.MKV", "cover.jpg"], of: "clips")
        }
        #expect(
            CaptureError.folderOfVideos(input: "clips", count: 2).description
                == "clips is a folder with 2 videos. Name one of them, or draw them all with 'camstream batch plan clips'."
        )
    }

    @Test func anyOtherFolderIsNoInput() throws {
        #expect(throws: CaptureError.isDirectory(input: folder.file("frames"))) { try pattern(["notes.txt"]) }
    }
}
