import Capture
import Pipeline

/// The list of cameras for programs: an array of objects, empty where there is no camera.
struct DeviceJSON {
    private let cameras: [Camera]

    init(_ entries: [CameraDescription.Entry]) { cameras = entries.map(Camera.init) }

    var text: String {
        get throws {
            Printable.json(try JSONText.pretty.text(cameras))
        }
    }
}

/// What has no value is left out. Sizes in pixels, rates in frames a second.
private struct Camera: Encodable {
    var path: String
    /// Why nothing more is known.
    var problem: String?
    var card: String?
    var driver: String?
    var bus: String?
    var links: [String]?
    var `default`: Mode?
    var formats: [Format]?
    var controls: [Control]?

    struct Mode: Encodable {
        var format: String
        var width: Int
        var height: Int
        var fps: Double?
    }

    struct Format: Encodable {
        var name: String
        var description: String
        /// Whether camstream can read it.
        var usable: Bool
        /// Whether libv4l2 makes it from another one.
        var converted: Bool
        var sizes: [Size]
    }

    /// `width` and `height`, or the ends of a range.
    struct Size: Encodable {
        var width: Int?
        var height: Int?
        var smallest: [Int]?
        var largest: [Int]?
        var step: [Int]?
        var rates: [Double]?
        var slowest: Double?
        var fastest: Double?
    }

    struct Control: Encodable {
        var name: String
        var label: String
        var type: String
        var min: Int64?
        var max: Int64?
        var step: Int64?
        var `default`: Int64?
        var value: Value?
        var menu: [Item]?
        var readOnly: Bool
        var inactive: Bool

        struct Item: Encodable {
            var value: Int64
            var name: String
        }
    }

    enum Value: Encodable {
        case number(Int64)
        case text(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }
}

extension Camera {
    init(_ entry: CameraDescription.Entry) {
        switch entry {
        case .unreadable(let path, let error):
            self.init(path: path, problem: error.description)
        case .camera(let camera):
            self.init(
                path: camera.path, card: camera.capability.card, driver: camera.capability.driver,
                bus: camera.capability.bus, links: camera.links,
                default: camera.defaultMode.map {
                    Mode(
                        format: $0.pixelFormat.name, width: $0.size.width, height: $0.size.height,
                        fps: $0.interval?.rate)
                },
                formats: camera.formats.map {
                    Format(
                        name: $0.name, description: $0.description, usable: $0.isUsable, converted: $0.isConverted,
                        sizes: $0.sizes.map(Size.init))
                },
                controls: camera.controls.map(Control.init))
        }
    }
}

extension Camera.Size {
    init(_ size: CameraDescription.Size) {
        if size.smallest == size.largest {
            width = size.largest.width
            height = size.largest.height
        } else {
            smallest = [size.smallest.width, size.smallest.height]
            largest = [size.largest.width, size.largest.height]
            step = [size.step.width, size.step.height]
        }
        if size.isRateRange {
            fastest = size.rates.first
            slowest = size.rates.last
        } else {
            rates = size.rates
        }
    }
}

extension Camera.Control {
    init(_ control: CameraControl) {
        let hasRange = ![.button, .boolean].contains(control.kind)
        self.init(
            name: control.name, label: control.label, type: control.kind.rawValue,
            min: hasRange ? control.minimum : nil, max: hasRange ? control.maximum : nil,
            step: control.kind == .integer || control.kind == .integer64 ? control.step : nil,
            default: [.button, .string].contains(control.kind) ? nil : control.defaultValue,
            value: control.value.map {
                switch $0 {
                case .number(let number): .number(number)
                case .text(let text): .text(text)
                }
            }, menu: control.menu.isEmpty ? nil : control.menu.map { Item(value: $0.number, name: $0.name) },
            readOnly: control.isReadOnly, inactive: control.isInactive)
    }
}
