import CFFmpeg
package import CV4L2
package import Capture
import Foundation
import Glibc

/// What a scripted camera offers and how it answers. Used under the lock of `ScriptedCamera`.
package final class FakeCamera: @unchecked Sendable {
    package struct Format {
        package var name: String
        /// Sizes and, for each, frames a second.
        package var sizes: [(PictureSize, [UInt32])] = []
        /// Instead of a list: any size between.
        package var range: (smallest: PictureSize, largest: PictureSize, step: PictureSize)?
        package var isEmulated = false

        /// Sizes, and frames a second for each.
        package init(_ name: String, _ sizes: [(String, [UInt32])] = [], isEmulated: Bool = false) {
            self.name = name
            self.sizes = sizes.map { (PictureSize($0.0)!, $0.1) }
            self.isEmulated = isEmulated
        }

        /// Any size between two, in steps.
        package init(_ name: String, from smallest: String, to largest: String, step: String) {
            self.name = name
            range = (PictureSize(smallest)!, PictureSize(largest)!, PictureSize(step)!)
        }
    }

    package struct Control {
        package var id: UInt32
        package var name: String
        package var type: v4l2_ctrl_type
        package var range: ClosedRange<Int64>
        package var step: UInt64
        package var flags: Int32
        package var menu: [Int64: String]
        package var number: Int64
        package var text = ""

        package init(
            _ name: String, id: UInt32, _ type: v4l2_ctrl_type = V4L2_CTRL_TYPE_INTEGER,
            _ range: ClosedRange<Int64> = 0...255, step: UInt64 = 1, flags: Int32 = 0, menu: [Int64: String] = [:],
            number: Int64 = 0
        ) {
            self.name = name
            self.id = id
            self.type = type
            self.range = range
            self.step = step
            self.flags = flags
            self.menu = menu
            self.number = number
        }
    }

    package var card = "Test Camera"
    package var bus = "usb-1"
    package var flags = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING
    package var formats: [Format]
    package var controls: [Control] = []
    package var mostBuffers = 32
    package var openFailure: Int32?
    package var busy: Int32?
    package var isGone = false
    /// Bytes at the end of each row of a raw picture.
    package var padding = 0
    package var colorspace = V4L2_COLORSPACE_SRGB
    /// Whatever is asked, this is what comes: a capture card's signal.
    package var onlySize: (Int, Int)?
    /// What was set last.
    package var set: (fourCC: UInt32, width: UInt32, height: UInt32)?
    package private(set) var rate = v4l2_fract(numerator: 1, denominator: 30)

    package init(_ formats: [Format] = [Format("YUYV", [("640x480", [30])])], _ change: (FakeCamera) -> Void = { _ in })
    {
        self.formats = formats
        change(self)
    }

    func describe(_ answer: inout v4l2_capability) -> Int32 {
        Self.write(card, to: &answer.card)
        Self.write("fake", to: &answer.driver)
        Self.write(bus, to: &answer.bus_info)
        answer.capabilities = UInt32(flags) | UInt32(V4L2_CAP_DEVICE_CAPS)
        answer.device_caps = UInt32(flags)
        return 0
    }

    func format(_ answer: inout v4l2_fmtdesc, _ converts: Bool) -> Int32 {
        let shown = formats.filter { converts || !$0.isEmulated }
        guard shown.indices.contains(Int(answer.index)) else { return EINVAL }
        let format = shown[Int(answer.index)]
        answer.pixelformat = Self.fourCC(format.name)
        answer.flags = format.isEmulated ? UInt32(V4L2_FMT_FLAG_EMULATED) : 0
        Self.write("\(format.name) pictures", to: &answer.description)
        return 0
    }

    func size(_ answer: inout v4l2_frmsizeenum) -> Int32 {
        guard let format = formats.first(where: { Self.fourCC($0.name) == answer.pixel_format }) else { return EINVAL }
        if let (smallest, largest, step) = format.range {
            guard answer.index == 0 else { return EINVAL }
            answer.type = V4L2_FRMSIZE_TYPE_STEPWISE.rawValue
            answer.stepwise = v4l2_frmsize_stepwise(
                min_width: UInt32(smallest.width), max_width: UInt32(largest.width), step_width: UInt32(step.width),
                min_height: UInt32(smallest.height), max_height: UInt32(largest.height),
                step_height: UInt32(step.height))
            return 0
        }
        if format.sizes.isEmpty { return ENOTTY }
        guard format.sizes.indices.contains(Int(answer.index)) else { return EINVAL }
        let size = format.sizes[Int(answer.index)].0
        answer.type = V4L2_FRMSIZE_TYPE_DISCRETE.rawValue
        answer.discrete = v4l2_frmsize_discrete(width: UInt32(size.width), height: UInt32(size.height))
        return 0
    }

    func interval(_ answer: inout v4l2_frmivalenum) -> Int32 {
        let format = formats.first { Self.fourCC($0.name) == answer.pixel_format }
        if format?.range != nil {
            guard answer.index == 0 else { return EINVAL }
            answer.type = V4L2_FRMIVAL_TYPE_STEPWISE.rawValue
            answer.stepwise.min = v4l2_fract(numerator: 1, denominator: 60)
            answer.stepwise.max = v4l2_fract(numerator: 1, denominator: 1)
            answer.stepwise.step = v4l2_fract(numerator: 1, denominator: 1)
            return 0
        }
        let size = PictureSize(width: Int(answer.width), height: Int(answer.height))
        guard let rates = format?.sizes.first(where: { $0.0 == size })?.1 else { return ENOTTY }
        guard rates.indices.contains(Int(answer.index)) else { return EINVAL }
        answer.type = V4L2_FRMIVAL_TYPE_DISCRETE.rawValue
        answer.discrete = v4l2_fract(numerator: 1, denominator: rates[Int(answer.index)])
        return 0
    }

    func adjust(_ pixels: inout v4l2_pix_format) -> Int32 {
        if let (width, height) = onlySize {
            pixels.width = UInt32(width)
            pixels.height = UInt32(height)
        }
        if !formats.contains(where: { Self.fourCC($0.name) == pixels.pixelformat }) {
            pixels.pixelformat = Self.fourCC(formats[0].name)
        }
        set = (pixels.pixelformat, pixels.width, pixels.height)
        pixels.colorspace = colorspace.rawValue
        pixels.field = V4L2_FIELD_NONE.rawValue
        if case .raw(let format)? = CameraPixelFormat(fourCC: pixels.pixelformat)?.coding {
            pixels.bytesperline = UInt32(av_image_get_linesize(format, Int32(pixels.width), 0)) + UInt32(padding)
            let packed = av_image_get_buffer_size(format, Int32(pixels.width), Int32(pixels.height), 1)
            pixels.sizeimage = UInt32(packed) + UInt32(padding) * pixels.height * 2
        } else {
            pixels.sizeimage = 1 << 20
        }
        return 0
    }

    func setRate(_ parameters: inout v4l2_streamparm) -> Int32 {
        rate = parameters.parm.capture.timeperframe
        return 0
    }

    func getRate(_ parameters: inout v4l2_streamparm) -> Int32 {
        parameters.parm.capture.timeperframe = rate
        return 0
    }

    func control(_ query: inout v4l2_query_ext_ctrl) -> Int32 {
        let last = query.id & ~UInt32(V4L2_CTRL_FLAG_NEXT_CTRL)
        guard let control = controls.sorted(by: { $0.id < $1.id }).first(where: { $0.id > last }) else { return EINVAL }
        query.id = control.id
        query.type = control.type.rawValue
        Self.write(control.name, to: &query.name)
        query.minimum = control.range.lowerBound
        query.maximum = control.range.upperBound
        query.step = control.step
        query.default_value = control.range.lowerBound
        query.flags = UInt32(bitPattern: control.flags)
        query.elem_size = control.type == V4L2_CTRL_TYPE_STRING ? UInt32(control.range.upperBound) + 1 : 4
        return 0
    }

    func menu(_ item: inout v4l2_querymenu) -> Int32 {
        guard let name = controls.first(where: { $0.id == item.id })?.menu[Int64(item.index)] else { return EINVAL }
        if let number = Int64(name) { item.value = number } else { Self.write(name, to: &item.name) }
        return 0
    }

    func exchange(_ list: inout v4l2_ext_controls, isNew: Bool) -> Int32 {
        guard let item = list.controls, let index = controls.firstIndex(where: { $0.id == item.pointee.id }) else {
            return EINVAL
        }
        let is64Bit: Int32 = controls[index].type == V4L2_CTRL_TYPE_INTEGER64 ? 1 : 0
        if controls[index].type == V4L2_CTRL_TYPE_STRING {
            if isNew {
                controls[index].text = String(cString: item.pointee.string)
            } else {
                strcpy(item.pointee.string, controls[index].text)
            }
        } else if isNew {
            controls[index].number = shim_ext_value(item, is64Bit)
        } else {
            item.pointee = shim_ext_control(controls[index].id, is64Bit, controls[index].number, nil, 0)
        }
        return 0
    }

    static func fourCC(_ name: String) -> UInt32 { name.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    /// Puts a text into an array of C.
    private static func write<Array>(_ text: String, to array: inout Array) {
        withUnsafeMutableBytes(of: &array) { bytes in
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            bytes.copyBytes(from: text.utf8.prefix(bytes.count - 1))
        }
    }
}
