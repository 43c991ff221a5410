import Engine
import Foundation

extension Explainer {
    /// What is worth knowing of a model that was opened, a line each.
    static func notes(_ files: ModelFiles, _ classifier: CompiledClassifier) -> [String] {
        var notes = files.notes(
            classifier.input, classes: classifier.classes, computedIn: classifier.precision + classifier.speed.reason)
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

extension ModelFiles {
    /// Which model it is, what says how pictures go in, and how they do.
    func notes(_ input: ModelInput, classes: Int, computedIn precision: String) -> [String] {
        [
            "model \(card.name.map { "\($0), " } ?? "")\(path), \(classes) classes, computed in \(precision)",
            cardPath.map { "model card: \($0)" }
                ?? sources.first(where: \.isCard).map { "model card: in the model (\($0.name))" }
                ?? "no model card: \(URL(filePath: path).deletingPathExtension().lastPathComponent).yaml is not beside the model",
            "input: \(input.account.joined(separator: ", "))",
        ] + notes + input.notes
    }
}
