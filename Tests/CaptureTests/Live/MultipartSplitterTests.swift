import TestSupport
import Testing

@testable import Capture

/// Multipart streams as servers send them, read by the pictures' own markers.
@Suite struct MultipartSplitterTests {
    /// A picture with a preview in its metadata, a restart marker, a stuffed byte and fill bytes.
    private static let picture: [UInt8] =
        [0xff, 0xd8, 0xff, 0xe1, 0x00, 0x08, 0xff, 0xd8, 0xff, 0xd9, 0x0a, 0x2d]
        + [0xff, 0xff, 0xdb, 0x00, 0x04, 0xff, 0xd9, 0xff, 0xda, 0x00, 0x03, 0x01]
        + [0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x0d, 0x0a, 0x2d, 0x2d, 0x56, 0xff, 0xd9]

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func header(length: Int?, type: String = "image/jpeg", boundary: String = "--frame", line: String = "\r\n")
        -> [UInt8]
    {
        let declared = length.map { "Content-Length: \($0)\(line)" } ?? ""
        return text(boundary + line + "Content-Type: \(type)\(line)" + declared + line)
    }

    /// All that is found, fed in pieces of a size.
    private func pictures(_ bytes: [UInt8], piece: Int) -> [[UInt8]] {
        var splitter = MultipartSplitter()
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            bytes[start..<min(start + piece, bytes.count)].withUnsafeBufferPointer { splitter.append($0) }
            while let picture = splitter.next() { found.append(picture) }
        }
        return found
    }

    private func expectTwo(
        _ bytes: [UInt8], _ wanted: [[UInt8]] = [picture, picture], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for piece in [1, 2, 7, bytes.count] {
            #expect(pictures(bytes, piece: piece) == wanted, "pieces of \(piece)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: ["\r\n", "\n"])
    func partsAreReadAsTheyShouldBe(line: String) {
        let part = header(length: Self.picture.count, line: line) + Self.picture + text(line)
        expectTwo(part + part)
    }

    @Test func theFirstBoundaryMayBeMissing() {
        let length = Self.picture.count
        let first = header(length: length, boundary: "Server: cam")
        expectTwo(first + Self.picture + text("\r\n") + header(length: length) + Self.picture)
    }

    @Test(arguments: [-40, -6, -1, 1, 7, 40, 100_000])
    func aWrongLengthDoesNotCount(by error: Int) {
        let part = header(length: max(Self.picture.count + error, 1)) + Self.picture + text("\r\n")
        expectTwo(part + part)
    }

    @Test func noLengthAndNoHeaderAreNeeded() {
        expectTwo(header(length: nil) + Self.picture + header(length: nil) + Self.picture)
        expectTwo(text("--frame\r\n") + Self.picture + text("\r\n--frame\r\n") + Self.picture)
        expectTwo(Self.picture + Self.picture)
    }

    @Test(arguments: ["image/jpg", "IMAGE/JPEG", "image/pjpeg", "application/octet-stream"])
    func typesThatMeanAJPEGDo(type: String) {
        let part = header(length: Self.picture.count, type: type) + Self.picture + text("\r\n")
        expectTwo(part + part)
    }

    @Test func partsOfAnotherKindArePassedOver() {
        let part = header(length: Self.picture.count) + Self.picture + text("\r\n")
        let other = header(length: 12, type: "text/plain") + text("motion: 0.5\n") + text("\r\n")
        expectTwo(part + other + part)
    }

    @Test func anotherPictureInTheSamePartIsNoneOfTheStream() {
        let part = header(length: 2 * Self.picture.count) + Self.picture + Self.picture + text("\r\n")
        expectTwo(part + part)
    }

    @Test func aPictureWithoutItsEndIsTakenByItsLength() {
        let open = Array(Self.picture.dropLast(2))
        let part = header(length: open.count) + open + text("\r\n")
        expectTwo(part + part, [open, open])
        // Without a length, by what follows.
        expectTwo(open + Self.picture + Self.picture, [open, Self.picture, Self.picture])
    }

    @Test func whatIsNoJPEGIsTakenByItsLengthForTheDecoderToJudge() {
        let noise: [UInt8] = [0xff, 0xd8, 7, 7, 7, 7, 7, 7]
        let other: [UInt8] = [1, 2, 3, 0xff, 0xd8, 0xff, 4]
        let part = header(length: Self.picture.count) + Self.picture
        expectTwo(
            header(length: noise.count) + noise + header(length: other.count) + other + part,
            [noise, other, Self.picture])
    }

    @Test func aPictureThatIsCutOffCostsNoneOfTheNext() {
        let cut = Array(Self.picture.prefix(20))
        let part = header(length: nil) + Self.picture
        let found = pictures(header(length: nil) + cut + text("\r\n") + part + part, piece: 5)
        #expect(found.suffix(2) == [Self.picture, Self.picture])
    }

    @Test func theRestOfABrokenStreamIsKnownToBeIncomplete() {
        var splitter = MultipartSplitter()
        let part = header(length: Self.picture.count) + Self.picture + text("\r\n")
        (part + header(length: Self.picture.count) + Self.picture.prefix(20)).withUnsafeBufferPointer {
            splitter.append($0)
        }
        #expect(splitter.next() == Self.picture && splitter.next() == nil)
        let rest = splitter.rest()
        #expect(rest?.bytes == Array(Self.picture.prefix(20)) && rest?.length == Self.picture.count)
        #expect(splitter.rest() == nil)
    }

    @Test func otherStreamsAreForeign() {
        var splitter = MultipartSplitter()
        (header(length: 4, type: "image/png") + [1, 2, 3, 4]).withUnsafeBufferPointer { splitter.append($0) }
        #expect(splitter.next() == nil && splitter.isForeign)
    }
}
