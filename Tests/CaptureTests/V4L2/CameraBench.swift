import Foundation
import Pipeline
import Synchronization
import TestSupport

@testable import Capture

/// A scripted camera at `/dev/video0`, and what the source says of it.
final class CameraBench: Sendable {
    let camera: FakeCamera
    let system: ScriptedCamera
    let interrupt = Interrupt()
    private let heard = Mutex<[SignalChange]>([])

    /// - Parameter script: what happens, by seconds after the start. An interrupt ends it.
    /// - Parameter first: comes at 0.1 s; with it the source opens.
    /// - Parameter rest: seconds between the last of the script and the interrupt.
    init(
        _ camera: FakeCamera = FakeCamera(), _ script: [(Double, ScriptedCamera.Event)] = [],
        first: ScriptedCamera.Picture = .init(), rest: Double = 0.5
    ) {
        self.camera = camera
        let interrupt = interrupt
        let end = (script.map(\.0).max() ?? 0) + rest
        system = ScriptedCamera(
            ["/dev/video0": camera],
            [(0.1, .picture(first))] + script + [(end, .action { interrupt.raise() })])
    }

    var signals: [SignalChange] { heard.withLock { $0 } }

    func source(
        _ input: String = "/dev/video0", nodes: VideoNodes = VideoNodes(root: "/nowhere"),
        _ change: (inout CaptureConfig) -> Void = { _ in }
    ) throws(CaptureError) -> CameraSource {
        var config = CaptureConfig()
        config.input = input
        change(&config)
        return try CameraSource(config, interrupt: interrupt, system: system, nodes: nodes) { [self] change in
            heard.withLock { $0.append(change) }
        }
    }
}

extension FrameSource {
    /// Times of the next frames in seconds, until the source ends.
    func times(atMost count: Int = 1000) throws -> [Double] {
        var times: [Double] = []
        while times.count < count, let frame = try next() { times.append(frame.seconds) }
        return times
    }
}
