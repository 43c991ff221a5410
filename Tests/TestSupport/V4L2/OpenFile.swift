import CV4L2
import Capture
import Glibc

/// One opening of a camera, with its buffers.
final class OpenFile {
    let camera: FakeCamera
    let converts: Bool
    var buffers: [UnsafeMutableRawPointer?] = []
    var queued: [Int] = []
    var filled: [(index: Int, picture: ScriptedCamera.Picture, sequence: UInt32, time: Int64, bytes: Int)] = []
    var isStreaming = false
    var isSubscribed = false
    var hasNewSize = false
    var error: Int32?
    private var sequence: UInt32 = 0
    private var format = v4l2_pix_format()

    init(_ camera: FakeCamera, converts: Bool) {
        self.camera = camera
        self.converts = converts
    }

    func fill(_ picture: ScriptedCamera.Picture, _ now: Int64) {
        sequence &+= picture.gap
        defer { sequence &+= 1 }
        guard let index = queued.first, let memory = buffers[index] else { return }
        queued.removeFirst()
        let bytes =
            picture.bytes ?? [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: Int(format.sizeimage))
        memory.copyMemory(from: bytes, byteCount: min(bytes.count, Int(format.sizeimage)))
        filled.append((index, picture, sequence, now, bytes.count))
    }

    func queue(_ argument: UnsafeMutableRawPointer, _ violation: () -> Void) -> Int32 {
        let index = Int(argument.load(as: v4l2_buffer.self).index)
        guard buffers.indices.contains(index), !queued.contains(index), !filled.contains(where: { $0.index == index })
        else {
            violation()
            return EINVAL
        }
        queued.append(index)
        return 0
    }

    func call(_ request: VideoRequest, _ argument: UnsafeMutableRawPointer) -> Int32 {
        func with<Value>(_ type: Value.Type, _ body: (inout Value) -> Int32) -> Int32 {
            body(&argument.assumingMemoryBound(to: type).pointee)
        }
        switch request {
        case .queryCapabilities: return with(v4l2_capability.self, camera.describe)
        case .enumerateFormats: return with(v4l2_fmtdesc.self) { camera.format(&$0, converts) }
        case .enumerateSizes: return with(v4l2_frmsizeenum.self, camera.size)
        case .enumerateIntervals: return with(v4l2_frmivalenum.self, camera.interval)
        case .tryFormat: return with(v4l2_format.self) { camera.adjust(&$0.fmt.pix) }
        case .setFormat:
            if let other = camera.busy { return other }
            return with(v4l2_format.self) {
                let code = camera.adjust(&$0.fmt.pix)
                format = $0.fmt.pix
                return code
            }
        case .setParameters: return with(v4l2_streamparm.self, camera.setRate)
        case .getParameters: return with(v4l2_streamparm.self, camera.getRate)
        case .queryControl: return with(v4l2_query_ext_ctrl.self, camera.control)
        case .queryMenu: return with(v4l2_querymenu.self, camera.menu)
        case .getControls: return with(v4l2_ext_controls.self) { camera.exchange(&$0, isNew: false) }
        case .setControls: return with(v4l2_ext_controls.self) { camera.exchange(&$0, isNew: true) }
        case .subscribeEvent:
            isSubscribed = true
            return 0
        case .dequeueEvent:
            guard hasNewSize else { return ENOENT }
            hasNewSize = false
            return with(v4l2_event.self) {
                $0.type = UInt32(V4L2_EVENT_SOURCE_CHANGE)
                return 0
            }
        case .requestBuffers:
            return with(v4l2_requestbuffers.self) {
                $0.count = min($0.count, UInt32(camera.mostBuffers))
                buffers = Array(repeating: nil, count: Int($0.count))
                return 0
            }
        case .queryBuffer:
            return with(v4l2_buffer.self) {
                $0.length = format.sizeimage
                $0.m.offset = $0.index * 4096
                return 0
            }
        case .dequeueBuffer: return with(v4l2_buffer.self, dequeue)
        case .streamOn:
            isStreaming = true
            return 0
        case .streamOff:
            isStreaming = false
            queued = []
            filled = []
            return 0
        default: return ENOTTY
        }
    }

    private func dequeue(_ buffer: inout v4l2_buffer) -> Int32 {
        if let error { return error }
        guard !filled.isEmpty else { return EAGAIN }
        let (index, picture, sequence, time, bytes) = filled.removeFirst()
        buffer.index = UInt32(index)
        buffer.bytesused = UInt32(bytes)
        buffer.flags = UInt32(picture.flags)
        buffer.field = (picture.isInterlaced ? V4L2_FIELD_INTERLACED : V4L2_FIELD_NONE).rawValue
        buffer.sequence = sequence
        let stamp = time - picture.age
        buffer.timestamp = timeval(tv_sec: Int(stamp / 1_000_000), tv_usec: Int(stamp % 1_000_000))
        return 0
    }
}
