import Encode
import Glibc
import Pipeline
import TestSupport
import Testing

/// A file system in memory of 200 KB, on a folder of its own.
private final class SmallDisk {
    let folder: TemporaryFolder

    init?() {
        guard let folder = try? TemporaryFolder(), mount("tmpfs", folder.path, "tmpfs", 0, "size=200k") == 0 else {
            return nil
        }
        self.folder = folder
    }

    deinit { umount2(folder.path, Int32(MNT_DETACH)) }

    static let isPossible = SmallDisk() != nil
}

/// A disk that becomes full while writing is going on.
@Suite(.enabled(if: SmallDisk.isPossible, "mounting a small disk needs a superuser"))
struct DiskFullTests {
    private let disk: SmallDisk

    init() throws { disk = try #require(SmallDisk()) }

    /// Noise, which no encoder makes small.
    private func noise(_ pictures: TestPictures, _ index: Int) throws -> Frame {
        var state = UInt32(index + 1)
        return try pictures.frame(index: index) { _, _, _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 24)
        }
    }

    private func writeUntilFull(_ config: EncodeConfig) throws -> EncodeError? {
        let pictures = try TestPictures(width: 320, height: 240)
        let sink = try openSink(config, format: pictures.format)
        do throws(any Error) {
            for index in 0..<10 { try sink.write(try noise(pictures, index)) }
            try sink.finish()
            return nil
        } catch {
            return error as? EncodeError
        }
    }

    @Test(arguments: ["mp4", "mkv", "avi"])
    func aVideoLeavesNothing(ending: String) throws {
        let path = disk.folder.file("out.\(ending)")
        var config = EncodeConfig.fast(path)
        if ending == "avi" { config.preset = nil } else { config.crf = 5 }
        let error = try writeUntilFull(config)
        #expect(error == .diskFull(path: path))
        #expect(error?.category == .cannotWrite)
        #expect(
            error?.description == "the disk is full: \(path) was not written; make room, or write somewhere else")
        #expect(try disk.folder.contents() == [])
    }

    @Test func aVideoWhoseIndexFindsNoRoomLeavesNothing() throws {
        // All but the last blocks are taken, so that only the end of the file fails.
        try disk.folder.write([UInt8](repeating: 0, count: 188 << 10), to: "other")
        let pictures = try TestPictures(width: 64, height: 48)
        let path = disk.folder.file("out.mp4")
        let sink = try openSink(.fast(path), format: pictures.format)
        var failure: EncodeError?
        do throws(any Error) {
            for index in 0..<400 { try sink.write(try pictures.frame(index: index)) }
            try sink.finish()
        } catch {
            failure = error as? EncodeError
        }
        #expect(failure == .diskFull(path: path))
        #expect(try disk.folder.contents() == ["other"])
    }

    @Test func completePicturesOfASequenceStay() throws {
        let path = disk.folder.file("out_%d.png")
        let error = try writeUntilFull(.still(path))
        guard case .diskFull(let full) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(full.hasSuffix(".png") && full.contains("out_"))
        // 200 KB hold no picture of noise, or very few.
        #expect(try disk.folder.contents().allSatisfy { $0.hasPrefix("out_") })
    }

    @Test func mapsUntilThenStayAndCanBeRead() throws {
        let path = disk.folder.file("maps.npz")
        let writer = try MapsWriter(
            path: path, replacing: false,
            origin: MapsWriter.Origin(
                labels: ["cat"], method: "cam", model: "m", layer: "l", pictureWidth: 64, pictureHeight: 64),
            interval: .zero)
        let raw = (0..<32 * 32).map { Float($0) }
        let map = Observation(
            prediction: Prediction(classID: 0, label: "cat", probability: 1),
            heatmap: Heatmap(
                height: 32, width: 32, values: raw, region: Region(x: 0, y: 0, width: 64, height: 64)), raw: raw)
        var written = 0
        #expect(throws: EncodeError.diskFull(path: path)) {
            while written < 100 {
                try writer.write([map], frame: written, seconds: 0)
                written += 1
            }
        }
        let kept = try #require(writer.keep())
        let file = try NPZFile(path: kept)
        #expect(written > 10 && file.shape("maps") == [written, 1, 32, 32])
        #expect(file.floats("maps").suffix(raw.count) == raw[...])
    }

    @Test func aSidecarLeavesNothing() throws {
        let path = disk.folder.file("out.jsonl")
        let record = FrameRecord(
            frame: 0, time: 0, method: "cam", classID: 0, label: String(repeating: "long ", count: 2000), top: [])
        let writer = try SidecarWriter(path: path, replacing: false)
        #expect(throws: EncodeError.diskFull(path: path)) {
            for _ in 0..<100 { try writer.write(record) }
        }
        #expect(try disk.folder.contents() == [])
    }
}
