import Foundation

extension Explainer {
    /// What is worth knowing of a model that was opened, a line each.
    static func notes(_ files: ModelFiles, _ engine: Engine) -> [String] {
        let input = engine.input
        var notes = [
            "model \(files.card.name.map { "\($0), " } ?? "")\(files.path), \(engine.classes) classes, "
                + "computed in \(engine.precision)",
            files.cardSource.map { "model card: \($0)" }
                ?? "no model card: \(URL(filePath: files.path).deletingPathExtension().lastPathComponent).yaml beside the model would be one",
            "input: \(input.width)x\(input.height) \(input.colour.rawValue), \(input.resize.rawValue), "
                + "range \(input.range), mean \(input.mean), std \(input.std)",
        ]
        if !input.defaults.isEmpty {
            notes.append("defaults taken for: \(input.defaults.joined(separator: ", "))")
        }
        notes += engine.notes
        if files.labels == nil { notes.append("no labels: classes are shown by number") }
        return notes
    }
}
