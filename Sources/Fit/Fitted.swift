package import Infer

/// A classifier that was made of pictures, and what is known of it.
package struct Fitted: Sendable {
    package let fitting: Fitting
    package let backbone: Backbone
    package let head: HeadFit
    /// A row for each example as it is.
    package let wholes: FeatureTable
    /// Of each example that was learnt from.
    package let views: Int
    /// What there was to learn from, those that were held out included; then what else there was to be tested on.
    package let examples: [Example]
    /// How many are of the first kind.
    package let learnt: Int
    package let skipped: [SkippedFile]
    /// Of the examples; near-duplicates are in one group.
    package let labelled: [LabelledExample]
    package let split: Split
    package let duplicates: NearDuplicates
    /// On examples that were not learnt from; nil: there are none.
    package let evaluation: Evaluation?

    package var classes: [String] { fitting.list.classes }

    /// An example's file.
    package func entry(of example: Int) -> DataList.Entry {
        let list = example < learnt ? fitting.list : fitting.test ?? fitting.list
        return list.entries[examples[example].entry]
    }

    /// The ONNX file: backbone, pooling and the new layer, with its card inside. The same arguments give the same bytes.
    ///
    /// - Parameters:
    ///   - name: what it is called.
    ///   - program: what makes it, with its version.
    package func model(name: String, program: String) throws -> [UInt8] {
        var about = ModelCard.About()
        about.dataset = "\(counted(split.training.count, "example")) of \(classes.count) classes"
        about.top1 = evaluation.map { ($0.accuracy * 1000).rounded() / 10 }
        about.licence = backbone.about.licence
        about.source = "\(program) on features of \(backbone.name)"
        let card = FittedCard(name: name, classes: classes, input: backbone.input, about: about)
        return try backbone.classifier(
            weights: head.weights, bias: head.bias,
            metadata: [MetadataCard.cardKey: card.text(), Provenance.key: provenance(program).text()])
    }

    /// SHA-256 of what was learnt from and tested on.
    package var dataChecksum: String {
        guard let test = fitting.test else { return fitting.list.checksum }
        return DataList.checksum(of: [fitting.list, test])
    }

    private func provenance(_ program: String) -> Provenance {
        var counts = [Int](repeating: 0, count: classes.count)
        for example in split.training { counts[examples[example].label] += 1 }
        return Provenance(
            program: program, backbone: backbone,
            classes: classes.enumerated().map { label, name in
                Provenance.Class(
                    name: name, examples: counts[label], tested: evaluation?.ofClasses[label].count ?? 0)
            },
            dataSHA256: dataChecksum, views: views, l2: head.l2, temperature: head.temperature,
            tested: evaluation?.answers.count, correct: evaluation?.right)
    }
}
