import CV4L2
import Glibc

extension VideoDevice {
    /// All controls that a person can set or read.
    func controls() throws(VideoCallError) -> [CameraControl] {
        var controls: [CameraControl] = []
        var last: UInt32 = 0
        while controls.count < 1000 {
            var query = v4l2_query_ext_ctrl()
            query.id = last | UInt32(V4L2_CTRL_FLAG_NEXT_CTRL)
            do {
                try call(.queryControl, &query)
            } catch  where error.code == EINVAL || error.code == ENOTTY {
                break
            }
            guard query.id > last else { break }
            last = query.id
            if var control = try control(query) {
                control.value = value(of: control, query)
                controls.append(control)
            }
        }
        return controls
    }

    private func control(_ query: v4l2_query_ext_ctrl) throws(VideoCallError) -> CameraControl? {
        guard let kind = CameraControl.Kind(query.type), query.nr_of_dims == 0,
            query.flags & UInt32(V4L2_CTRL_FLAG_DISABLED) == 0
        else { return nil }
        let label = withUnsafePointer(to: query) { String(cString: shim_control_name($0)) }
        return CameraControl(
            name: CameraControl.name(fromLabel: label), label: label, kind: kind, minimum: query.minimum,
            maximum: query.maximum, step: Int64(clamping: query.step), defaultValue: query.default_value,
            menu: kind == .menu || kind == .integerMenu ? menu(query, kind) : [],
            isReadOnly: query.flags & UInt32(V4L2_CTRL_FLAG_READ_ONLY) != 0,
            isInactive: query.flags & UInt32(V4L2_CTRL_FLAG_INACTIVE) != 0, value: nil, id: query.id)
    }

    private func menu(_ query: v4l2_query_ext_ctrl, _ kind: CameraControl.Kind) -> [CameraControl.MenuItem] {
        (query.minimum...max(query.minimum, min(query.maximum, query.minimum + 200))).compactMap { number in
            var item = v4l2_querymenu()
            item.id = query.id
            item.index = UInt32(truncatingIfNeeded: number)
            // Numbers in between may mean nothing.
            do { try call(.queryMenu, &item) } catch { return nil }
            return withUnsafePointer(to: item) {
                CameraControl.MenuItem(
                    number: number,
                    name: kind == .menu ? String(cString: shim_menu_name($0)) : "\(shim_menu_value($0))")
            }
        }
    }

    private func value(of control: CameraControl, _ query: v4l2_query_ext_ctrl) -> ControlValue? {
        guard control.kind != .button, query.flags & UInt32(V4L2_CTRL_FLAG_WRITE_ONLY) == 0 else { return nil }
        var text = [CChar](repeating: 0, count: Int(max(1, query.elem_size)))
        do throws(VideoCallError) {
            let value = try exchange(.getControls, control, 0, &text)
            // A bitmask's highest bit is no sign.
            return control.kind == .string
                ? .text(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
                : .number(control.kind == .bitmask ? Int64(UInt32(truncatingIfNeeded: value)) : value)
        } catch { return nil }
    }

    func set(_ control: CameraControl, to value: ControlValue) throws(VideoCallError) {
        switch value {
        case .number(let number):
            var none: [CChar] = []
            _ = try exchange(.setControls, control, number, &none)
        case .text(let text):
            var bytes =
                Array(text.utf8CString) + [CChar](repeating: 0, count: max(0, Int(control.maximum) - text.utf8.count))
            _ = try exchange(.setControls, control, 0, &bytes)
        }
    }

    /// - Parameter text: bytes of a control that is a text, ended by a zero.
    /// - Returns: the number of any other.
    private func exchange(
        _ request: VideoRequest, _ control: CameraControl, _ number: Int64, _ text: inout [CChar]
    ) throws(VideoCallError) -> Int64 {
        let is64Bit: Int32 = control.kind == .integer64 ? 1 : 0
        let size = UInt32(text.count)
        return try text.withUnsafeMutableBufferPointer { (text) throws(VideoCallError) -> Int64 in
            var item = shim_ext_control(
                control.id, is64Bit, number, control.kind == .string ? text.baseAddress : nil, size)
            return try withUnsafeMutablePointer(to: &item) { (item) throws(VideoCallError) -> Int64 in
                var list = v4l2_ext_controls()
                list.which = UInt32(V4L2_CTRL_WHICH_CUR_VAL)
                list.count = 1
                list.controls = item
                try call(request, &list)
                return shim_ext_value(item, is64Bit)
            }
        }
    }
}
