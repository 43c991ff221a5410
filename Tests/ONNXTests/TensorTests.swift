import Foundation
import ONNX
import Testing

/// A constant as a file stores it, read through a whole model.
private func tensor(_ dims: [Int], type: ElementType, _ data: [UInt8]) throws -> Tensor {
    let model = try Model(
        Wire.model(
            Wire.node("Add", ["a", "w"], ["b"]) + Wire.input("a") + Wire.output("b")
                + Wire.initialiser("w", dims, type: type.rawValue, data)))
    return try #require(model.graph.initialiser("w"))
}

private func raw<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    Wire.field(9, numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) } })
}

struct TensorTests {
    @Test func halvesBecomeFloats() throws {
        // 1, -2, largest, smallest normal, smallest subnormal, -0, infinity
        let bits: [UInt16] = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00]
        let expected: [Float] = [1, -2, 65504, 0x1p-14, 0x1p-24, -0.0, .infinity]
        #expect(try tensor([7], type: .float16, raw(bits)).floats() == expected)
        let listed = Wire.field(5, bits.flatMap { Wire.varint(Int($0)) })
        #expect(try tensor([7], type: .float16, listed).floats() == expected)
        let notANumber = try #require(try tensor([1], type: .float16, raw([UInt16(0x7e00)])).floats()?.first)
        #expect(notANumber.isNaN)
    }

    @Test func everyFloatTypeBecomesFloat() throws {
        let values: [Float] = [1.5, -0.25, 3]
        #expect(try tensor([3], type: .float32, raw(values.map(\.bitPattern))).floats() == values)
        let packed = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) } }
        #expect(try tensor([3], type: .float32, Wire.field(4, packed)).floats() == values)
        let bfloats = values.map { UInt16($0.bitPattern >> 16) }
        #expect(try tensor([3], type: .bfloat16, raw(bfloats)).floats() == values)
        #expect(try tensor([3], type: .float64, raw(values.map { Double($0).bitPattern })).floats() == values)
        let doubles = values.flatMap { value in
            withUnsafeBytes(of: Double(value).bitPattern.littleEndian) { [UInt8]($0) }
        }
        #expect(try tensor([3], type: .float64, Wire.field(10, doubles)).floats() == values)
    }

    @Test(arguments: [
        (ElementType.int64, raw([Int64(-3), 1 << 40])), (.int64, Wire.field(7, Wire.varint(-3) + Wire.varint(1 << 40))),
    ])
    func longIntegers(_ type: ElementType, _ data: [UInt8]) throws {
        #expect(try tensor([2], type: type, data).integers() == [-3, 1 << 40])
    }

    @Test(arguments: [
        (ElementType.int32, raw([Int32(-3), 7])), (.int16, raw([Int16(-3), 7])), (.int8, raw([Int8(-3), 7])),
        (.int32, Wire.field(5, Wire.varint(-3) + Wire.varint(7))),
        (.int8, Wire.field(5, Wire.varint(-3) + Wire.varint(7))),
    ])
    func shortIntegers(_ type: ElementType, _ data: [UInt8]) throws {
        let stored = try tensor([2], type: type, data)
        #expect(stored.integers() == [-3, 7])
        #expect(stored.floats() == [-3, 7])
    }

    @Test func unsignedIntegersStayPositive() throws {
        #expect(try tensor([2], type: .uint8, raw([UInt8(200), 7])).integers() == [200, 7])
        #expect(try tensor([2], type: .uint16, raw([UInt16(60000), 7])).integers() == [60000, 7])
    }

    @Test(arguments: [
        ([3], ElementType.float32, raw([UInt32(0)]), "[3] float32 has 4 bytes of data, which does not fit"),
        ([2, 2], .float32, Wire.field(4, [0, 0, 0, 0]), "[2, 2] float32 has 1 elements of data, which does not fit"),
        ([3], .int64, [], "[3] int64 has 0 elements of data, which does not fit"),
        ([-1], .float32, raw([UInt32(0)]), "has the impossible shape [-1]"),
        ([1 << 62, 4], .float32, raw([UInt32(0)]), "has the impossible shape [4611686018427387904, 4]"),
        ([5], .int4, raw([UInt8(0), 0]), "[5] int4 has 2 bytes of data, which does not fit"),
    ])
    func dataThatDoNotFitTheShapeAreRefused(
        _ dims: [Int], _ type: ElementType, _ data: [UInt8], _ reason: String
    ) {
        let error = #expect(throws: ONNXError.self) { try tensor(dims, type: type, data) }
        #expect(error?.problem == .badTensor("w", reason: reason))
    }
}
