import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Capture

/// The system's part that needs no camera: files stand for its memory, and a pipe for its pictures.
@Suite struct LinuxVideoTests {
    private let system = LinuxVideo()
    private let folder: TemporaryFolder
    private let file: FileHandle
    private let length = 3 * Int(getpagesize())

    init() throws {
        folder = try TemporaryFolder()
        try folder.write([UInt8](repeating: 7, count: length), to: "memory")
        file = try #require(FileHandle(forUpdatingAtPath: folder.file("memory")))
    }

    private func mapped() throws -> UnsafeMutableRawPointer {
        try #require(system.map(file.fileDescriptor, length: length, offset: 0, .none))
    }

    private func setFirstByte(_ byte: UInt8) throws {
        try file.seek(toOffset: 0)
        try file.write(contentsOf: [byte])
    }

    @Test func aBufferCanBeReadAPageBeyondItsEnd() throws {
        let memory = try mapped()
        defer { system.unmap(memory, length: length, .none) }
        #expect(memory.load(fromByteOffset: length - 1, as: UInt8.self) == 7)
        #expect(memory.load(fromByteOffset: length + Int(getpagesize()) - 1, as: UInt8.self) == 0)
    }

    @Test func aDetachedBufferKeepsItsBytesAndLetsGoOfTheDevice() throws {
        let memory = try mapped()
        defer { system.unmap(memory, length: length, .none) }
        try setFirstByte(8)
        #expect(memory.load(as: UInt8.self) == 8)  // it is the device's memory
        system.detach(memory, length: length, .none)
        try setFirstByte(9)
        #expect(memory.load(as: UInt8.self) == 8)
        #expect(memory.load(fromByteOffset: length - 1, as: UInt8.self) == 7)
        let isMapped = try TextFile.text(of: "/proc/self/maps").contains(folder.file("memory"))
        #expect(!isMapped)
    }

    @Test func whatIsNoBufferIsNotMapped() {
        #expect(system.map(-1, length: length, offset: 0, .none) == nil)
    }

    @Test func aNodeThatIsNoVideoDeviceDoesNotOpen() {
        #expect(system.open("/dev/null", .none) == -ENOTTY)
        #expect(system.open(folder.file("none"), .none) == -ENOENT)
    }

    @Test func waitingTellsWhetherThereIsSomethingToTake() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        #expect(system.wait(descriptor, milliseconds: 0) == 0)
        try pipe.fileHandleForWriting.write(contentsOf: [1])
        #expect(system.wait(descriptor, milliseconds: 1000) == POLLIN)
    }

    @Test func theClocksCountMicroseconds() {
        let (monotonic, wall) = (system.monotonicTime, system.wallTime)
        #expect(system.monotonicTime >= monotonic)
        #expect(abs(Double(wall) / 1e6 - Date().timeIntervalSince1970) < 10)
    }
}
