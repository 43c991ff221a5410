import Foundation
import TestSupport
import Testing

@testable import Capture

@Suite struct VideoNodesTests {
    private let folder: TemporaryFolder
    private let nodes: VideoNodes

    init() throws {
        folder = try TemporaryFolder()
        nodes = VideoNodes(root: folder.path)
        for name in ["video10", "video2", "video0", "videos", "vbi0", "null"] { try folder.write([], to: name) }
        try link("v4l/by-id/usb-Test-index0", to: "../../video2")
        try link("v4l/by-path/pci-1-index0", to: "../../video2")
        try link("v4l/by-path/pci-2-index0", to: "../../video0")
    }

    private func link(_ name: String, to target: String) throws {
        let path = folder.file(name)
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    @Test func nodesAreListedByNumber() {
        #expect(nodes.all == ["video0", "video2", "video10"].map(folder.file))
    }

    @Test func linksToANodeAreFoundByIdFirst() {
        #expect(
            nodes.links(to: folder.file("video2"))
                == [folder.file("v4l/by-id/usb-Test-index0"), folder.file("v4l/by-path/pci-1-index0")])
        #expect(nodes.links(to: folder.file("v4l/by-id/usb-Test-index0")).count == 2)
        #expect(nodes.links(to: folder.file("video10")).isEmpty)
    }

    @Test func aMissingFolderHasNoNodes() {
        #expect(VideoNodes(root: folder.file("nowhere")).all.isEmpty)
    }

    @Test(arguments: [
        ("/dev/video99", true), ("/dev/v4l/by-id/usb-None-index0", true), ("/dev/null", false), ("clip.mp4", false),
        ("/tmp", false), ("-", false), ("http://example.org/dev/video0", false),
    ])
    func aCameraIsToldByItsNodeOrName(input: String, isCamera: Bool) {
        #expect(VideoNodes.isCamera(input) == isCamera)
    }

    @Test func programsThatHaveADeviceOpenAreNamed() throws {
        let target = try #require(VideoNodes.target(of: folder.file("video0")))
        for (process, name) in [("4711", "cheese"), ("12", "bash")] {
            try FileManager.default.createDirectory(
                atPath: folder.file("proc/\(process)/fd"), withIntermediateDirectories: true)
            try folder.write("\(name)\n".utf8, to: "proc/\(process)/comm")
            try link("proc/\(process)/fd/0", to: "/dev/null")
        }
        try link("proc/4711/fd/7", to: target)
        let users = DeviceUsers(processes: folder.file("proc"))
        #expect(users.names(of: folder.file("video0")) == ["cheese (4711)"])
        #expect(users.names(of: folder.file("v4l/by-path/pci-2-index0")) == ["cheese (4711)"])
        #expect(users.names(of: folder.file("video2")).isEmpty)
    }
}
