import Catalogue
import Infer
import Pipeline

/// The list of models for programs: an array of objects. What has no value is left out.
struct ModelJSON {
    private let models: [Row]

    init(_ models: [ListedModel]) { self.models = models.map(Row.init) }

    var text: String {
        get throws { Printable.json(try JSONText.pretty.text(models)) }
    }

    private struct Row: Encodable {
        var name: String
        var bytes: Int?
        /// In percent, as published, on the test pictures of `dataset`.
        var top1: Double?
        var dataset: String?
        var licence: String?
        /// What CAM reads maps off; none: the file cannot be read.
        var head: String?
        /// "shipped", "fetched", "added" or "absent".
        var place: String
        /// Whether it is on this machine.
        var here: Bool
        /// What it is used for where no model is named: "any" or "demo".
        var usedFor: String?

        init(_ model: ListedModel) {
            (name, bytes, head) = (model.name, model.bytes, model.head)
            (top1, dataset, licence) = (model.about.top1, model.about.dataset, model.about.licence)
            (place, here) =
                switch model.place {
                case .shipped: ("shipped", true)
                case .fetched: ("fetched", true)
                case .added: ("added", true)
                case .absent: ("absent", false)
                }
            usedFor =
                switch model.usedFor {
                case .any: "any"
                case .drawnScene: "demo"
                case nil: nil
                }
        }
    }
}
