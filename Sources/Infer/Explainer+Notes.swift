import Engine
import Foundation

extension Explainer {
    /// What is worth knowing of a model that was opened, a line each.
    static func notes(_ files: ModelFiles, _ classifier: CompiledClassifier) -> [String] {
        let input = classifier.input
        var notes = [
            "model \(files.card.name.map { "\($0), " } ?? "")\(files.path), \(classifier.classes) classes, "
                + "computed in \(classifier.precision)\(classifier.speed.reason)",
            files.cardPath.map { "model card: \($0)" }
                ?? files.sources.first(where: \.isCard).map { "model card: in the model (\($0.name))" }
                ?? "no model card: \(URL(filePath: files.path).deletingPathExtension().lastPathComponent).yaml beside the model would be one",
            "input: \(input.account.joined(separator: ", "))",
        ]
        notes += files.notes + input.notes
        notes += classifier.notes
        notes.append(
            files.labels.map { "labels: \($0.count) (\(files.origins["labels"]?.name ?? "default"))" }
                ?? "no labels: classes are shown by number")
        let negatives = files.negatives.sorted().compactMap { files.labels?[$0] }
        if !negatives.isEmpty {
            notes.append(
                "negative: \(negatives.joined(separator: ", ")), where pictures show nothing of the other classes")
        }
        return notes
    }
}
