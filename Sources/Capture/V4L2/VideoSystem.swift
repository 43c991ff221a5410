import CV4L2
import Glibc
package import Pipeline

/// All that capture from a camera asks of the system: V4L2's calls and the time. `LinuxVideo` is the real one; tests
/// script another.
package protocol VideoSystem: SystemClock {
    /// Opens a node, not blocking.
    ///
    /// - Returns: a descriptor, or a negative error number.
    func open(_ path: String, _ conversion: PixelConversion) -> Int32
    func close(_ descriptor: Int32)

    /// One ioctl.
    ///
    /// - Parameter argument: the structure that the request is about.
    /// - Returns: 0, or an error number.
    func call(_ descriptor: Int32, _ request: VideoRequest, _ argument: UnsafeMutableRawPointer) -> Int32

    /// - Returns: nil if there is no such buffer. Up to a page behind its end can be read.
    func map(_ descriptor: Int32, length: Int, offset: Int, _ conversion: PixelConversion) -> UnsafeMutableRawPointer?
    func unmap(_ memory: UnsafeMutableRawPointer, length: Int, _ conversion: PixelConversion)
    /// Puts a copy in the place of a mapped buffer, which lets go of the device and can be read on.
    func detach(_ memory: UnsafeMutableRawPointer, length: Int, _ conversion: PixelConversion)

    /// Waits for a picture or an event.
    ///
    /// - Returns: poll(2)'s flags; 0: nothing came in time.
    func wait(_ descriptor: Int32, milliseconds: Int32) -> Int32
}

/// Whether libv4l2 may offer formats that it makes from the camera's own.
package enum PixelConversion: Sendable {
    /// Only what the camera itself sends.
    case none
    case byLibrary
}

/// An ioctl by number and name.
package struct VideoRequest: Hashable, Sendable {
    package let number: UInt
    package let name: String

    private init(_ number: UInt, _ name: String) {
        self.number = number
        self.name = "VIDIOC_\(name)"
    }

    package static let queryCapabilities = VideoRequest(shim_vidioc_querycap, "QUERYCAP")
    package static let enumerateInputs = VideoRequest(shim_vidioc_enuminput, "ENUMINPUT")
    package static let getInput = VideoRequest(shim_vidioc_g_input, "G_INPUT")
    package static let queryTimings = VideoRequest(shim_vidioc_query_dv_timings, "QUERY_DV_TIMINGS")
    package static let setTimings = VideoRequest(shim_vidioc_s_dv_timings, "S_DV_TIMINGS")
    package static let enumerateFormats = VideoRequest(shim_vidioc_enum_fmt, "ENUM_FMT")
    package static let enumerateSizes = VideoRequest(shim_vidioc_enum_framesizes, "ENUM_FRAMESIZES")
    package static let enumerateIntervals = VideoRequest(shim_vidioc_enum_frameintervals, "ENUM_FRAMEINTERVALS")
    package static let tryFormat = VideoRequest(shim_vidioc_try_fmt, "TRY_FMT")
    package static let setFormat = VideoRequest(shim_vidioc_s_fmt, "S_FMT")
    package static let getParameters = VideoRequest(shim_vidioc_g_parm, "G_PARM")
    package static let setParameters = VideoRequest(shim_vidioc_s_parm, "S_PARM")
    package static let queryControl = VideoRequest(shim_vidioc_query_ext_ctrl, "QUERY_EXT_CTRL")
    package static let queryMenu = VideoRequest(shim_vidioc_querymenu, "QUERYMENU")
    package static let getControls = VideoRequest(shim_vidioc_g_ext_ctrls, "G_EXT_CTRLS")
    package static let setControls = VideoRequest(shim_vidioc_s_ext_ctrls, "S_EXT_CTRLS")
    package static let subscribeEvent = VideoRequest(shim_vidioc_subscribe_event, "SUBSCRIBE_EVENT")
    package static let dequeueEvent = VideoRequest(shim_vidioc_dqevent, "DQEVENT")
    package static let requestBuffers = VideoRequest(shim_vidioc_reqbufs, "REQBUFS")
    package static let queryBuffer = VideoRequest(shim_vidioc_querybuf, "QUERYBUF")
    package static let queueBuffer = VideoRequest(shim_vidioc_qbuf, "QBUF")
    package static let dequeueBuffer = VideoRequest(shim_vidioc_dqbuf, "DQBUF")
    package static let streamOn = VideoRequest(shim_vidioc_streamon, "STREAMON")
    package static let streamOff = VideoRequest(shim_vidioc_streamoff, "STREAMOFF")
}

/// The kernel's drivers, through libv4l2.
package struct LinuxVideo: VideoSystem {
    private static let silenced: Void = shim_v4l2_silence()
    private let clock = LinuxClock()

    package init() { _ = Self.silenced }

    package func open(_ path: String, _ conversion: PixelConversion) -> Int32 {
        shim_v4l2_open(path, conversion == .byLibrary ? 1 : 0)
    }

    package func close(_ descriptor: Int32) { v4l2_close(descriptor) }

    package func call(_ descriptor: Int32, _ request: VideoRequest, _ argument: UnsafeMutableRawPointer) -> Int32 {
        shim_v4l2_ioctl(descriptor, request.number, argument)
    }

    package func map(
        _ descriptor: Int32, length: Int, offset: Int, _ conversion: PixelConversion
    ) -> UnsafeMutableRawPointer? {
        shim_v4l2_map(descriptor, length, Self.padded(length), offset, conversion == .byLibrary ? 1 : 0)
    }

    package func unmap(_ memory: UnsafeMutableRawPointer, length: Int, _ conversion: PixelConversion) {
        shim_v4l2_unmap(memory, length, Self.padded(length), conversion == .byLibrary ? 1 : 0)
    }

    package func detach(_ memory: UnsafeMutableRawPointer, length: Int, _ conversion: PixelConversion) {
        // Without memory for a copy the device is kept until the frame is freed.
        _ = shim_v4l2_detach(memory, length, conversion == .byLibrary ? 1 : 0)
    }

    package func wait(_ descriptor: Int32, milliseconds: Int32) -> Int32 {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN | POLLPRI), revents: 0)
        return poll(&waiting, 1, milliseconds) > 0 ? Int32(waiting.revents) : 0
    }

    package var monotonicTime: Int64 { clock.monotonicTime }
    package var wallTime: Int64 { clock.wallTime }
    package func sleep(microseconds: Int) { clock.sleep(microseconds: microseconds) }

    /// The bytes of a buffer's pages, and one page more.
    private static func padded(_ length: Int) -> Int {
        let page = Int(getpagesize())
        return (length + page - 1) / page * page + page
    }
}
