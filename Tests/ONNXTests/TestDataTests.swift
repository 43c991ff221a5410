import Foundation
import SwiftProtobuf
import Testing

@testable import ONNX

private let folder = "/usr/share/libonnx-testdata/data"

/// The ONNX project's own models, from the Debian package libonnx-testdata: operators, layers as PyTorch exports them,
/// small graphs.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: folder)), .timeLimit(.minutes(30)))
struct TestDataTests {
    /// What is read is written, and reads the same again.
    @Test(arguments: [("node", 900), ("pytorch-converted", 80), ("pytorch-operator", 30), ("simple", 20)])
    func everyModelIsReadAndWritten(_ part: String, _ expected: Int) throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(part)")
            .filter { $0.hasSuffix(".onnx") }
        #expect(files.count >= expected)
        for file in files {
            let path = "\(folder)/\(part)/\(file)"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let model = try Model(contentsOf: path)
            let written = try model.serialized()
            let again = try Model(Data(written)).serialized()
            #expect(again == written, "\(file)")
            // Nothing is lost or changed but what a Dropout is called.
            var original = try Onnx_ModelProto(serializedBytes: bytes, partial: true)
            for node in model.graph.nodes where model.graph.isIdleDropout(node) {
                original.graph.node[node.index] = node.identity()
            }
            let isSame = try Onnx_ModelProto(serializedBytes: written, partial: true) == original
            #expect(isSame, "\(file)")
        }
    }
}
