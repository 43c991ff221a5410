import Glibc
import Pipeline

/// A camera that streams: from its opening to its loss.
final class CameraSession {
    enum Step: ~Copyable {
        case picture(Frame)
        case interrupted
        /// Pictures will look different: open anew.
        case sourceChanged
    }

    let capability: CameraCapability
    let format: CameraFormat
    /// Of the node that was opened.
    var path: String { device.path }
    /// Hands on the packets; nil: the camera sends none, or nobody wants them.
    var tap: PacketTap? { pictures.tap }
    private let device: VideoDevice
    private let system: any VideoSystem
    private let queue: BufferQueue
    private let counters: CameraCounters
    private let pictures: CameraPictures
    private let timeout: Double
    private var lastSequence: UInt32?

    /// Sets the camera up and starts it.
    ///
    /// - Parameter choices: what mode to take; a later one where the camera does not have those before.
    /// - Parameter timeout: seconds without a picture after which the camera counts as lost.
    /// - Parameter keepsVideo: whether packets are handed on, too.
    init(
        _ device: VideoDevice, _ choices: [ModeChoice], _ controls: [ControlSetting], timeout: Double,
        _ counters: CameraCounters, keepsVideo: Bool = false
    ) throws(CameraError) {
        let path = device.path
        do throws(VideoCallError) { capability = try device.capability() } catch {
            throw error.code == ENOTTY ? .notACamera(camera: path) : CameraError(error, camera: path)
        }
        guard capability.isCamera else { throw .notACamera(camera: path) }
        device.followSignalTimings()
        let chosen = try Self.choose(device, choices)
        self.device = chosen.device
        system = device.system
        self.counters = counters
        self.timeout = timeout
        let format: CameraFormat
        do throws(VideoCallError) {
            format = try CameraFormat(setting: chosen.mode, of: chosen.device)
        } catch {
            throw CameraError(error, camera: path, users: DeviceUsers().names(of: path))
        }
        self.format = format
        try chosen.device.apply(controls)
        chosen.device.subscribeToSourceChanges()
        do throws(VideoCallError) {
            queue = try BufferQueue(chosen.device, count: Self.bufferCount)
        } catch {
            throw CameraError(error, camera: path, users: DeviceUsers().names(of: path))
        }
        do throws(FFmpegError) {
            pictures = try CameraPictures(queue, format, system, counters, keepsVideo: keepsVideo)
        } catch {
            queue.stop()
            throw .cannotDecode(camera: path, pixelFormat: format.mode.pixelFormat.name, cause: error)
        }
    }

    deinit { queue.stop() }

    /// Waits for the next picture, the newest that is there.
    ///
    /// - Throws: `CameraError`, after which the session is of no more use.
    func next(_ timeline: inout LiveTimeline, _ interrupt: Interrupt) throws(CameraError) -> Step {
        let deadline = system.monotonicTime + Int64(timeout * 1_000_000)
        while !interrupt.isRaised {
            if let frame = pictures.decodedFrame(&timeline) { return .picture(frame) }
            // 100 ms: how soon an interrupt is noticed.
            let events = device.wait(milliseconds: 100)
            if events & POLLPRI != 0 && device.takeSourceChange() { return .sourceChanged }
            if events & ~POLLPRI != 0, let filled = try take(events) {
                do throws(FFmpegError) {
                    if let frame = try pictures.frame(of: filled, &timeline) { return .picture(frame) }
                } catch {
                    throw .cannotDecode(
                        camera: device.path, pixelFormat: format.mode.pixelFormat.name, cause: error)
                }
            }
            guard system.monotonicTime < deadline else { throw .silent(camera: device.path, seconds: timeout) }
        }
        return .interrupted
    }

    /// Passes over what has piled up since the start, when nobody wanted pictures yet.
    func skipToPresent() throws(CameraError) {
        for _ in 0..<queue.count {
            guard let filled = try take() else { break }
            queue.giveBack(filled.index)
        }
        lastSequence = nil
        pictures.noteGap()
        counters.reset()
    }

    /// The newest good picture of those that are filled; where pictures build on each other, the oldest.
    private func take(_ events: Int32) throws(CameraError) -> BufferQueue.Filled? {
        var newest: BufferQueue.Filled?
        var isAny = false
        // Not for ever, should the camera be faster than we are.
        for _ in 0..<queue.count {
            guard let filled = try take() else { break }
            isAny = true
            note(filled)
            if filled.isDamaged || filled.byteCount == 0 {
                counters.countDamaged()
                queue.giveBack(filled.index)
                continue
            }
            if let older = newest {
                counters.countSuperseded()
                pictures.passOver(older)
            }
            newest = filled
            if !format.mode.pixelFormat.isIntraOnly { break }
        }
        if !isAny && events & (POLLERR | POLLHUP | POLLNVAL) != 0 {
            throw .failed(camera: device.path, cause: VideoCallError(code: EIO, call: "poll"))
        }
        return newest
    }

    private func take() throws(CameraError) -> BufferQueue.Filled? {
        do throws(VideoCallError) { return try queue.take() } catch {
            throw CameraError(error, camera: device.path)
        }
    }

    /// Counts a picture, and those that the driver had no buffer for, by the gap in its numbers.
    private func note(_ filled: BufferQueue.Filled) {
        counters.countTaken()
        if let lastSequence {
            let gap = filled.sequence &- lastSequence &- 1
            // Some drivers don't number, or start again.
            if gap > 0 && gap < 1 << 30 {
                counters.countMissed(Int(gap))
                pictures.noteGap()
            }
        }
        lastSequence = filled.sequence
    }

    private static func choose(_ device: VideoDevice, _ choices: [ModeChoice]) throws(CameraError) -> ChosenMode {
        for choice in choices.dropLast() {
            do throws(CameraError) { return try ChosenMode(device, choice) } catch  where error.isUsage { continue }
        }
        return try ChosenMode(device, choices.last!)
    }

    /// Enough to lend some to the stages; each takes the memory of a picture.
    private static let bufferCount = 8
}
