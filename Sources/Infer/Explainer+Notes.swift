import Foundation

extension Explainer {
    /// What is worth knowing of a model that was opened, a line each.
    static func notes(_ files: ModelFiles, _ engine: Engine) -> [String] {
        let input = engine.input
        var notes = [
            "model \(files.card.name.map { "\($0), " } ?? "")\(files.path), \(engine.classes) classes, "
                + "computed in \(engine.precision)\(engine.speed.reason)",
            files.cardPath.map { "model card: \($0)" }
                ?? "no model card: \(URL(filePath: files.path).deletingPathExtension().lastPathComponent).yaml beside the model would be one",
            "input: \(input.account.joined(separator: ", "))",
        ]
        notes += files.notes + input.notes
        notes += engine.notes
        notes.append(
            files.labels.map { "labels: \($0.count) (\(files.origins["labels"]?.name ?? "default"))" }
                ?? "no labels: classes are shown by number")
        return notes
    }
}
