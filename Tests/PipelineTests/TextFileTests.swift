import Foundation
import Glibc
import TestSupport
import Testing

@testable import Pipeline

struct TextFileTests {
    @Test(
        arguments: [
            ([0xef, 0xbb, 0xbf, 0x61], "a"), ([0xff, 0xfe, 0x61, 0x00], "a"), ([0xfe, 0xff, 0x00, 0x61], "a"),
            ([0xc3, 0xa4], "ä"), ([], ""),
        ] as [([UInt8], String)])
    func aByteOrderMarkIsHeededAndNoPartOfTheText(bytes: [UInt8], text: String) {
        #expect(TextFile.decode(Data(bytes)) == text)
    }

    @Test func whatIsWrongWithAFileIsSaid() throws {
        let folder = try TemporaryFolder()
        let binary = try folder.write([0xff, 0x00, 0x80], to: "binary")
        for (path, problem) in [
            ("\(folder.path)/none.txt", TextFile.Problem.missing), (folder.path, .folder), (binary, .noText),
        ] {
            #expect(throws: problem) { try TextFile.text(of: path) }
        }
        #expect("\(TextFile.Problem.missing)" == "there is no such file")
    }

    @Test func anEndlessFileIsRefused() {
        #expect(throws: TextFile.Problem.tooLarge) { try TextFile.text(of: "/dev/zero") }
    }

    @Test func aPipeIsReadAndGivesTheSameTextAgain() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let text = "model: a.onnx\n"
        #expect(write(ends[1], text, text.utf8.count) == text.utf8.count)
        close(ends[1])
        for _ in 0..<2 { #expect(try TextFile.text(of: "/proc/self/fd/\(ends[0])") == text) }
    }
}
