import Capture
import Pipeline

/// One camera as text for people, at most 100 columns wide where its names allow it.
struct DeviceTable {
    private let entry: CameraDescription.Entry

    init(_ entry: CameraDescription.Entry) { self.entry = entry }

    var text: String {
        switch entry {
        case .unreadable(let path, let error): return [path, "  \(error)"].map(Printable.line).joined(separator: "\n")
        case .camera(let camera):
            var lines = ["\(camera.path)  \(camera.capability.card)"]
            let mode = camera.defaultMode.map { "\($0)" } ?? "none: no format of it can be read"
            let facts =
                [["driver", "\(camera.capability.driver), \(camera.capability.bus)"]]
                + camera.links.enumerated().map { [$0.offset == 0 ? "links" : "", $0.element] } + [["default", mode]]
            lines += TextTable(facts).lines.map { "  \($0)" }
            lines += formats(camera)
            lines += controls(camera)
            // Names are the drivers' and the cameras' own.
            return lines.map(Printable.line).joined(separator: "\n")
        }
    }

    private static let width = 100

    /// Formats that come in the same sizes and rates share their lines.
    private func formats(_ camera: CameraDescription) -> [String] {
        var groups: [(names: [String], sizes: [CameraDescription.Size])] = []
        for format in camera.formats where format.isUsable {
            let name = format.name + (format.isConverted ? "*" : "")
            if let index = groups.firstIndex(where: { $0.sizes == format.sizes }) {
                groups[index].names.append(name)
            } else {
                groups.append(([name], format.sizes))
            }
        }
        var rows = [["FORMAT", "SIZE", "FRAMES A SECOND"]]
        for group in groups {
            let names = Self.wrapped(group.names, 16)
            let sizes = group.sizes.map { [Self.size($0), Self.rates($0)] }
            for line in 0..<max(names.count, sizes.count) {
                rows.append([line < names.count ? names[line] : ""] + (line < sizes.count ? sizes[line] : []))
            }
        }
        var lines = groups.isEmpty ? [] : [""] + TextTable(rows).lines.map { "  \($0)" }
        if camera.formats.contains(where: \.isConverted) { lines.append("  * converted by libv4l2") }
        let others = camera.formats.filter { !$0.isUsable }.map(\.name)
        if !others.isEmpty {
            let prefix = "  Not read by camstream: "
            lines += Self.wrapped(others, Self.width - prefix.count).enumerated().map {
                ($0.offset == 0 ? prefix : String(repeating: " ", count: prefix.count)) + $0.element
            }
        }
        return lines
    }

    private static func size(_ size: CameraDescription.Size) -> String {
        size.smallest == size.largest ? "\(size.largest)" : "\(size.smallest) to \(size.largest)"
    }

    private static func rates(_ size: CameraDescription.Size) -> String {
        if size.rates.isEmpty { return "unknown" }
        if size.isRateRange { return size.rates.reversed().map(CameraMode.short).joined(separator: " to ") }
        return size.rates.map(CameraMode.short).joined(separator: " ")
    }

    private func controls(_ camera: CameraDescription) -> [String] {
        guard !camera.controls.isEmpty else { return [] }
        let cells = camera.controls.map { control in
            let hasDefault = ![.button, .string].contains(control.kind)
            return [
                control.name, control.kind.rawValue, control.value.map(\.description) ?? "-",
                hasDefault ? "\(control.defaultValue)" : "-",
            ]
        }
        let head = ["CONTROL", "TYPE", "VALUE", "DEFAULT"]
        let used = head.indices.map { column in ([head] + cells).map { $0[column].count + 2 }.max() ?? 0 }.reduce(2, +)
        var rows = [head + ["ALLOWED"]]
        for (control, cells) in zip(camera.controls, cells) {
            let remark = control.isReadOnly ? " (read only)" : control.isInactive ? " (inactive)" : ""
            let allowed = Self.wrapped(Self.pieces(control, remark), max(30, Self.width - used))
            rows.append(cells + [allowed.first ?? ""])
            rows += allowed.dropFirst().map { ["", "", "", "", $0] }
        }
        return [""] + TextTable(rows).lines.map { "  \($0)" }
    }

    /// What may not be torn apart at the end of a line: a menu's entries, else words.
    private static func pieces(_ control: CameraControl, _ remark: String) -> [String] {
        let text = control.allowed + remark
        guard !control.menu.isEmpty else { return text.split(separator: " ").map(String.init) }
        let parts = text.split(separator: ", ")
        return parts.enumerated().map { $0.offset < parts.count - 1 ? "\($0.element)," : "\($0.element)" }
    }

    /// Words in lines of a width.
    private static func wrapped(_ words: [String], _ width: Int) -> [String] {
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}
