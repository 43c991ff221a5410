import Foundation

extension Model {
    /// Lends bytes that tell this model from others, piece by piece: the graph with its small constants, and of each
    /// large one both ends. To read all of the weights would take longer than to load them.
    package func lendIdentity(_ take: (UnsafeRawBufferPointer) -> Void) throws(ONNXError) {
        try serializedWithoutWeights().withUnsafeBytes(take)
        for tensor in graph.proto.initializer {
            Array(tensor.name.utf8).withUnsafeBytes(take)
            tensor.floatData.withUnsafeBytes(take)
            for end in [tensor.rawData.prefix(Self.endBytes), tensor.rawData.suffix(Self.endBytes)] {
                end.withUnsafeBytes(take)
            }
        }
    }

    private static let endBytes = 1 << 14
}
