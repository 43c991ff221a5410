/// What a report must tell so that somebody else comes to the same figures.
package struct RunFacts: Codable, Sendable, Equatable {
    /// A way to make maps: a method on its layers, or a baseline.
    package struct Method: Codable, Sendable, Equatable {
        /// As reports write it: "gradcam", or "gradcam@layer".
        package let key: String
        /// For people.
        package let title: String
        /// The tensors that it maps; none where it maps the picture itself.
        package let layers: [String]
        package let isBaseline: Bool

        package init(key: String, title: String, layers: [String] = [], isBaseline: Bool = false) {
            (self.key, self.title, self.layers, self.isBaseline) = (key, title, layers, isBaseline)
        }
    }

    package var program: String
    /// What computed, and in which precision.
    package var machine: String
    package var precision: String

    package var model: String
    /// SHA-256 of its file, and of its card's; nil: it has none of its own.
    package var modelChecksum: String
    package var cardChecksum: String?

    package var data: String
    package var layout: DataLayout
    /// SHA-256 of the list: names, classes and boxes.
    package var dataChecksum: String
    /// How many there are to be looked at.
    package var pictures: Int
    /// Boxes that say of themselves that they do not count.
    package var ignoredBoxes: Int
    /// Which of the model's classes the data's are.
    package var classes: [String: Int]

    /// Which class is explained: "label" or "top".
    package var target: String
    package var seed: UInt64
    package var methods: [Method]
    /// The figures that are told of each map, beside those of places.
    package var judged: [Metric]
    /// Curves that are told of each map.
    package var series: [Series]
    /// Settings of methods that are not the usual ones, by their names.
    package var options: [String: String]

    package init(
        program: String, machine: String, precision: String, model: String, modelChecksum: String,
        cardChecksum: String?, data: String, layout: DataLayout, dataChecksum: String, pictures: Int,
        ignoredBoxes: Int, classes: [String: Int], target: String, seed: UInt64, methods: [Method],
        judged: [Metric], series: [Series] = [], options: [String: String]
    ) {
        (self.program, self.machine, self.precision) = (program, machine, precision)
        (self.model, self.modelChecksum, self.cardChecksum) = (model, modelChecksum, cardChecksum)
        (self.data, self.layout, self.dataChecksum, self.pictures) = (data, layout, dataChecksum, pictures)
        (self.ignoredBoxes, self.classes) = (ignoredBoxes, classes)
        (self.target, self.seed, self.methods) = (target, seed, methods)
        (self.judged, self.series, self.options) = (judged, series, options)
    }

    /// Why figures of this run cannot be put together with those of another; nil: they can.
    package func difference(from other: RunFacts) -> String? {
        if program != other.program { return "it is of \(other.program)" }
        if modelChecksum != other.modelChecksum || cardChecksum != other.cardChecksum {
            return "it is of another model"
        }
        if dataChecksum != other.dataChecksum || pictures != other.pictures {
            return "it is of other images, boxes or --limit"
        }
        if methods != other.methods { return "it is of other methods or layers" }
        if target != other.target { return "it is of --target \(other.target)" }
        if seed != other.seed { return "it is of --seed \(other.seed)" }
        if classes != other.classes { return "its classes are mapped in another way" }
        if precision != other.precision { return "it was computed in \(other.precision)" }
        if judged != other.judged || series != other.series || options != other.options {
            return "it has other figures or settings of methods"
        }
        return nil
    }
}
