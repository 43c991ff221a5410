import Catalogue
import Infer

/// The list of models as aligned text.
struct ModelTable {
    let models: [ListedModel]

    init(_ models: [ListedModel]) { self.models = models }

    var text: String {
        let rows = [["NAME", "SIZE", "TOP-1", "DATA", "LICENCE", "HEAD", "HERE"]] + models.map(Self.cells)
        return TextTable(rows).lines.joined(separator: "\n") + "\n\n" + Self.legend
    }

    private static let legend = """
        TOP-1 is as published, on the test pictures of DATA. HEAD is what CAM reads maps off; with 'none' they are made by
        Grad-CAM. Get a model with: camstream models fetch NAME. Use it with: --model NAME.
        """

    private static func cells(_ model: ListedModel) -> [String] {
        let here =
            switch model.place {
            case .shipped:
                switch model.usedFor {
                case .any: "yes, used without --model"
                case .drawnScene: "yes, used for demo:"
                case nil: "yes"
                }
            case .fetched: "yes, fetched"
            case .added: "yes, added"
            case .absent: "no"
            }
        return [
            model.name, model.bytes.map(byteText) ?? "-", model.about.top1.map(percent) ?? "-",
            model.about.dataset ?? "-", model.about.licence ?? "-", model.head ?? "unreadable", here,
        ]
    }

    /// With one decimal.
    private static func percent(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
