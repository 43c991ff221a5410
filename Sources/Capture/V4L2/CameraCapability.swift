import CV4L2

/// Who a camera says it is.
package struct CameraCapability: Equatable, Sendable {
    /// Its name, such as "HD Pro Webcam C920".
    package let card: String
    package let driver: String
    /// Where it is plugged in, such as "usb-0000:00:14.0-1".
    package let bus: String
    /// Whether pictures can be had from this node through mapped buffers.
    let isCamera: Bool

    init(_ answer: v4l2_capability) {
        (card, driver, bus) = withUnsafePointer(to: answer) {
            (String(cString: shim_card($0)), String(cString: shim_driver($0)), String(cString: shim_bus($0)))
        }
        // One camera may have several nodes, such as one for metadata; only device_caps are this node's own.
        let hasOwn = answer.capabilities & UInt32(V4L2_CAP_DEVICE_CAPS) != 0
        let flags = hasOwn ? answer.device_caps : answer.capabilities
        let needed = UInt32(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING)
        isCamera = flags & needed == needed && flags & UInt32(V4L2_CAP_VIDEO_M2M) == 0
    }
}
