import CV4L2
import Glibc

/// An open camera node: each call as a function of values. Sole owner of its descriptor.
final class VideoDevice: Sendable {
    let path: String
    let system: any VideoSystem
    let conversion: PixelConversion
    private let descriptor: Int32

    init(_ path: String, _ conversion: PixelConversion, _ system: any VideoSystem) throws(VideoCallError) {
        let descriptor = system.open(path, conversion)
        guard descriptor >= 0 else { throw VideoCallError(code: -descriptor, call: "open") }
        self.path = path
        self.system = system
        self.conversion = conversion
        self.descriptor = descriptor
    }

    deinit { system.close(descriptor) }

    /// One ioctl with the structure that it reads and fills in.
    func call<Argument>(_ request: VideoRequest, _ argument: inout Argument) throws(VideoCallError) {
        let code = withUnsafeMutablePointer(to: &argument) {
            system.call(descriptor, request, UnsafeMutableRawPointer($0))
        }
        guard code == 0 else { throw VideoCallError(code: code, call: request.name) }
    }

    /// Calls with an index that counts up, until the driver has no more (EINVAL) or does not know the call (ENOTTY).
    func enumerate<Argument, Item>(
        _ request: VideoRequest, _ prepare: (UInt32) -> Argument, _ item: (Argument) -> Item
    ) throws(VideoCallError) -> [Item] {
        var items: [Item] = []
        while items.count < 1000 {
            var argument = prepare(UInt32(items.count))
            do {
                try call(request, &argument)
            } catch  where [EINVAL, ENOTTY, ENODATA].contains(error.code) {
                break
            }
            items.append(item(argument))
        }
        return items
    }

    func capability() throws(VideoCallError) -> CameraCapability {
        var answer = v4l2_capability()
        try call(.queryCapabilities, &answer)
        return CameraCapability(answer)
    }

    /// Waits for a picture or an event: poll(2)'s flags, 0 after the time.
    func wait(milliseconds: Int32) -> Int32 { system.wait(descriptor, milliseconds: milliseconds) }

    func map(length: Int, offset: Int) throws(VideoCallError) -> UnsafeMutableRawPointer {
        guard let memory = system.map(descriptor, length: length, offset: offset, conversion) else {
            throw VideoCallError(code: errno, call: "mmap")
        }
        return memory
    }

    /// Asks to be told when the signal's size changes, as capture cards' does. Webcams know no such event.
    func subscribeToSourceChanges() {
        var subscription = v4l2_event_subscription()
        subscription.type = UInt32(V4L2_EVENT_SOURCE_CHANGE)
        do { try call(.subscribeEvent, &subscription) } catch {}
    }

    /// Takes all waiting events.
    ///
    /// - Returns: whether one of them said that pictures will look different.
    func takeSourceChange() -> Bool {
        var isChanged = false
        for _ in 0..<64 {
            var event = v4l2_event()
            do { try call(.dequeueEvent, &event) } catch { break }
            isChanged = isChanged || event.type == UInt32(V4L2_EVENT_SOURCE_CHANGE)
        }
        return isChanged
    }

    /// Makes a capture card's input follow the signal that is there now. Nothing happens where there is no such input,
    /// or no signal.
    func followSignalTimings() {
        var number: Int32 = 0
        var input = v4l2_input()
        var timings = v4l2_dv_timings()
        do {
            try call(.getInput, &number)
            input.index = UInt32(number)
            try call(.enumerateInputs, &input)
            guard input.capabilities & UInt32(V4L2_IN_CAP_DV_TIMINGS) != 0 else { return }
            try call(.queryTimings, &timings)
            try call(.setTimings, &timings)
        } catch {}
    }
}
