import Engine
import ONNX

/// What a detector gave out, as Float.
final class OutputValues {
    let values: UnsafeBufferPointer<Float>
    /// Keeps the memory that the values lie in, unless they were converted.
    private let owner: TensorOwner
    private let converted: UnsafeMutableBufferPointer<Float>?

    init(_ output: DetectorOutput, _ forward: borrowing InferRequest) throws(OpenVINOError) {
        owner = TensorOwner(try forward.outputTensor(output.name))
        let bytes = try owner.tensor.bytes()
        switch output.elementType {
        case .int64: converted = Self.floats(bytes.bindMemory(to: Int64.self))
        case .int32: converted = Self.floats(bytes.bindMemory(to: Int32.self))
        default: converted = nil
        }
        values = UnsafeBufferPointer(converted ?? bytes.bindMemory(to: Float.self))
    }

    deinit { converted?.deallocate() }

    private static func floats<Stored: BinaryInteger>(
        _ numbers: UnsafeMutableBufferPointer<Stored>
    ) -> UnsafeMutableBufferPointer<Float> {
        let made = UnsafeMutableBufferPointer<Float>.allocate(capacity: numbers.count)
        _ = made.initialize(from: numbers.lazy.map { Float($0) })
        return made
    }
}
