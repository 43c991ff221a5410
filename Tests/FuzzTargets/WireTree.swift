import Foundation

/// A protocol buffer as a tree of fields, without a schema: whatever can be read as a message is one.
struct WireTree {
    indirect enum Payload {
        case varint(UInt64)
        case fixed64(Data)
        case fixed32(Data)
        case bytes(Data)
        case message([Field])
    }

    struct Field {
        var number: UInt64
        var payload: Payload
    }

    var fields: [Field]

    /// Nil where the bytes are no message.
    init?(_ bytes: Data) {
        guard let fields = Self.fields(of: bytes, depth: 0) else { return nil }
        self.fields = fields
    }

    private static func fields(of bytes: Data, depth: Int) -> [Field]? {
        var rest = bytes[...]
        var fields: [Field] = []
        while !rest.isEmpty {
            guard let tag = varint(&rest), tag >> 3 > 0 else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = varint(&rest) else { return nil }
                fields.append(Field(number: tag >> 3, payload: .varint(value)))
            case 1:
                guard rest.count >= 8 else { return nil }
                fields.append(Field(number: tag >> 3, payload: .fixed64(Data(rest.prefix(8)))))
                rest = rest.dropFirst(8)
            case 2:
                guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
                let content = Data(rest.prefix(Int(length)))
                rest = rest.dropFirst(Int(length))
                // Names are short, and look like messages by chance only.
                let nested = depth < 8 && content.count > 1 ? self.fields(of: content, depth: depth + 1) : nil
                fields.append(Field(number: tag >> 3, payload: nested.map { .message($0) } ?? .bytes(content)))
            case 5:
                guard rest.count >= 4 else { return nil }
                fields.append(Field(number: tag >> 3, payload: .fixed32(Data(rest.prefix(4)))))
                rest = rest.dropFirst(4)
            default: return nil
            }
        }
        return fields
    }

    private static func varint(_ rest: inout Data.SubSequence) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    var bytes: Data { Self.bytes(of: fields) }

    static func bytes(of fields: [Field]) -> Data {
        var bytes = Data()
        for field in fields {
            switch field.payload {
            case .varint(let value): bytes += encoded(field.number << 3) + encoded(value)
            case .fixed64(let data): bytes += encoded(field.number << 3 | 1) + data
            case .fixed32(let data): bytes += encoded(field.number << 3 | 5) + data
            case .bytes(let data):
                bytes += encoded(field.number << 3 | 2) + encoded(UInt64(data.count)) + data
            case .message(let fields):
                let data = Self.bytes(of: fields)
                bytes += encoded(field.number << 3 | 2) + encoded(UInt64(data.count)) + data
            }
        }
        return bytes
    }

    private static func encoded(_ value: UInt64) -> Data {
        var rest = value
        var bytes = Data()
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
