import CFFmpeg
import Foundation
package import Pipeline

/// A camera, as frames that are all alike, with the times at which they were taken. A loss ends nothing: `next()` waits
/// until the camera is back, at whatever number, and goes on at the true time.
package final class CameraSource: FrameSource, @unchecked Sendable {  // safe: one thread; what it shares is thread-safe
    package let format: VideoFormat
    package let name: String
    package let codecName: String
    package let notes: [String]
    package let auxiliaryStreams: [AuxiliaryStream] = []
    package let packets = PacketQueue()
    package let livePackets: LivePackets?
    package let isLive = true
    /// A camera has no end.
    package let frameCountEstimate: Int? = nil
    package let videoMetadata: [String: String] = [:]
    /// What became of the camera's pictures.
    package let counters: CameraCounters
    /// Pictures handed out so far.
    package private(set) var framesRead = 0

    private let system: any VideoSystem
    private let interrupt: Interrupt
    private let onSignal: @Sendable (SignalChange) -> Void
    private let identity: CameraIdentity
    /// First the mode of the first opening, then what the user wished for, then any.
    private let choices: [ModeChoice]
    private let controls: [ControlSetting]
    private let timeout: Double
    private let keepsVideo: Bool
    private let normaliser: FormatNormaliser
    /// nil while the camera is lost.
    private var session: CameraSession?
    private var timeline: LiveTimeline
    private var backoff = Backoff()
    private var lastPicture: CaptureTime
    private var isLost = false
    private var hasStarted = false
    private var isInterlaced = false
    private var hasToldDrops = false
    private var warnings: [CaptureWarning] = []

    /// Opens the camera and waits for a picture, to know its format.
    ///
    /// - Parameter onSignal: is told, from the thread that calls `next()`, when the camera is lost and when it is back.
    package init(
        _ config: CaptureConfig, interrupt: Interrupt, system: any VideoSystem = LinuxVideo(),
        nodes: VideoNodes = VideoNodes(), onSignal: @escaping @Sendable (SignalChange) -> Void = { _ in }
    ) throws(CaptureError) {
        _ = FFmpegLog.silenced
        let choice = ModeChoice(config.modeWish)
        let counters = CameraCounters()
        let session: CameraSession
        do throws(CameraError) {
            session = try Self.open(config, choice, counters, system)
        } catch {
            throw .camera(error)
        }
        let first = try Self.firstPicture(session, interrupt)
        var facts = SourceFacts()
        facts.name = config.input
        facts.frameRate = session.format.frameRate
        facts.chroma = .fourTwoZero
        facts.isIntraOnly = true
        normaliser = try FormatNormaliser(first: first, facts)
        format = normaliser.format
        let mode = session.format.mode
        name = config.input
        codecName = mode.pixelFormat.codecName
        notes = ["camera \(session.capability.card): \(mode) (\(choice.reason(for: mode)))"]
        self.counters = counters
        self.system = system
        self.interrupt = interrupt
        self.onSignal = onSignal
        identity = CameraIdentity(config.input, session.capability, nodes)
        choices = [
            ModeChoice(ModeWish(size: mode.size, rate: mode.interval?.rate, pixelFormat: mode.pixelFormat)), choice,
            ModeChoice(ModeWish()),
        ]
        controls = config.controls
        (timeout, keepsVideo) = (config.timeout, config.keepsVideo)
        livePackets = session.tap?.packets
        timeline = LiveTimeline(frameRate: facts.frameRate)
        lastPicture = first.captured ?? CaptureTime(monotonic: system.monotonicTime, wall: system.wallTime)
        self.session = session
    }

    /// The next frame, the newest that there is; nil after an interrupt. Waits while the camera is lost.
    ///
    /// A frame that needed no change lies in the camera's own memory, and goes back to it when it is freed.
    package func next() throws(CaptureError) -> Frame? {
        if let frame = try nextFrame() {
            framesRead += 1
            return frame
        }
        noteDrops()
        return nil
    }

    package var corruptPackets: Int { counters.damaged }

    package var drops: [String: Int] {
        [
            "missed": counters.missed, "damaged": counters.damaged - counters.mended,
            "superseded": counters.superseded,
        ]
    }

    /// When the recording starts.
    package var metadata: [String: String] {
        ["creation_time": Date(timeIntervalSince1970: Double(system.wallTime) / 1e6).formatted(.iso8601)]
    }

    package func takeWarnings() -> [CaptureWarning] {
        defer {
            warnings = []
            normaliser.warnings = []
        }
        return warnings + normaliser.warnings
    }

    private func nextFrame() throws(CaptureError) -> Frame? {
        while !interrupt.isRaised {
            guard let picture = nextPicture() else { continue }
            do throws(CaptureError) { return try normaliser.normalise(picture) } catch {
                // Damage may make a picture look like anything.
                guard case .cannotConvert = error else { throw error }
                counters.countDamaged()
            }
        }
        return nil
    }

    /// One attempt, as the camera gives it; nil: the camera was lost, or is to be opened anew, or an interrupt came.
    private func nextPicture() -> Frame? {
        do throws(CameraError) {
            guard let session = try openSession() else { return nil }
            if !hasStarted {
                // What has piled up while the other stages were opened is old.
                try session.skipToPresent()
                hasStarted = true
            }
            switch try session.next(&timeline, interrupt) {
            case .picture(let picture):
                notePicture(picture, from: session)
                return picture
            case .sourceChanged:
                self.session = nil
                livePackets?.noteLoss()
            case .interrupted: break
            }
        } catch {
            lose(error)
        }
        return nil
    }

    /// The session, or a new one: at once after a change of the camera's signal, after a loss when it is time.
    ///
    /// - Returns: nil after an interrupt.
    private func openSession() throws(CameraError) -> CameraSession? {
        if let session { return session }
        if isLost && !interrupt.wait(backoff.next(), { system.sleep(milliseconds: $0) }) { return nil }
        let device: VideoDevice
        do throws(VideoCallError) { device = try identity.open(system) } catch {
            throw CameraError(error, camera: name)
        }
        let opened = try CameraSession(
            device, choices, controls, timeout: timeout, counters, keepsVideo: keepsVideo)
        if let livePackets { opened.tap?.packets = livePackets }
        session = opened
        return opened
    }

    private func lose(_ cause: CameraError) {
        session = nil
        livePackets?.noteLoss()
        guard !isLost else { return }
        isLost = true
        onSignal(.lost(since: lastPicture, cause: .camera(cause)))
    }

    private func notePicture(_ picture: borrowing Frame, from session: CameraSession) {
        let time = picture.captured ?? lastPicture
        if isLost {
            isLost = false
            backoff.reset()
            onSignal(.found(input: session.path, after: Double(time.monotonic - lastPicture.monotonic) / 1e6))
        }
        lastPicture = time
        if shim_is_interlaced(picture.av) != 0 && !isInterlaced {
            isInterlaced = true
            warnings.append(.interlaced)
        }
    }

    private func noteDrops() {
        let (missed, superseded) = (counters.missed, counters.superseded)
        guard !hasToldDrops, missed + superseded > 0 else { return }
        hasToldDrops = true
        warnings.append(.dropped(missed: missed, superseded: superseded))
    }

    private static func open(
        _ config: CaptureConfig, _ choice: ModeChoice, _ counters: CameraCounters, _ system: any VideoSystem
    ) throws(CameraError) -> CameraSession {
        let device: VideoDevice
        do throws(VideoCallError) { device = try VideoDevice(config.input, .none, system) } catch {
            throw CameraError(error, camera: config.input)
        }
        return try CameraSession(
            device, [choice], config.controls, timeout: config.timeout, counters, keepsVideo: config.keepsVideo)
    }

    private static func firstPicture(
        _ session: CameraSession, _ interrupt: Interrupt
    ) throws(CaptureError) -> Frame {
        var timeline = LiveTimeline(frameRate: session.format.frameRate)
        while true {
            do throws(CameraError) {
                switch try session.next(&timeline, interrupt) {
                case .picture(let picture): return picture
                case .sourceChanged: continue
                case .interrupted: break
                }
            } catch {
                throw .camera(error)
            }
            throw .interrupted
        }
    }
}
