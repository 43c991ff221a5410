import Foundation
import ONNX

/// Writes protocol buffer fields by hand, so that tests can make what no exporter would.
enum Wire {
    static func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(value))
        var bytes: [UInt8] = []
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func field(_ number: Int, _ value: Int) -> [UInt8] { varint(number << 3) + varint(value) }

    static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(bytes.count) + bytes
    }

    static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, [UInt8](text.utf8)) }

    static func node(_ op: String, _ inputs: [String], _ outputs: [String], name: String = "") -> [UInt8] {
        field(
            1,
            inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + (name.isEmpty ? [] : field(3, name))
                + field(4, op))
    }

    /// A constant; `data` are its data fields.
    static func initialiser(_ name: String, _ dims: [Int], type: Int, _ data: [UInt8]) -> [UInt8] {
        field(5, dims.flatMap { field(1, $0) } + field(2, type) + field(8, name) + data)
    }

    static func input(_ name: String) -> [UInt8] { field(11, field(1, name)) }
    static func output(_ name: String) -> [UInt8] { field(12, field(1, name)) }

    /// A model with the graph's fields as given, operator set 13.
    static func model(_ graph: [UInt8]...) -> Data {
        Data(field(1, 8) + field(7, graph.flatMap { $0 }) + field(8, field(1, "") + field(2, 13)))
    }
}

extension Model {
    init(_ bytes: Data) throws(ONNXError) {
        try self.init(bytes, file: "test.onnx", folder: FileManager.default.temporaryDirectory)
    }
}
