package import Foundation

/// The committed tiny models of Tests/Fixtures/models, made by generate_models.py beside that folder.
package enum Fixtures {
    package static let folder = checkout.appendingPathComponent("Tests/Fixtures/models")

    /// Path of a model by its name without extension.
    package static func model(_ name: String) -> String {
        folder.appendingPathComponent("\(name).onnx").path
    }

    /// Path of a model of the folder layers, made by generate_layers.py.
    package static func layers(_ name: String) -> String {
        checkout.appendingPathComponent("Tests/Fixtures/layers/\(name).onnx").path
    }

    /// Names of all models, sorted.
    package static var models: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "onnx" }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
        }
    }
}

/// Models of real size, which are not part of the project: in the folder CAMSTREAM_TEST_MODELS, else beside the
/// checkout in shared/models.
package enum RealModels {
    package static let folder =
        ProcessInfo.processInfo.environment["CAMSTREAM_TEST_MODELS"].map { URL(fileURLWithPath: $0) }
        ?? checkout.deletingLastPathComponent().appendingPathComponent("shared/models")

    package static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// For `.enabled(if:)`, so that a test without its model is reported as skipped.
    package static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}

/// The root of the checkout.
package let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
