import Pipeline

/// Where a detector's boxes and scores lie in its outputs.
package struct DetectorLayout: Sendable, Equatable {
    package let decoder: BoxDecoder
    /// The outputs that are read, in the order in which `detections` takes their values.
    package let tensorNames: [String]
    /// The output in which the scores of classes lie; nil: there is none.
    package let scoreTensor: String?
    /// How many classes there are; nil: the outputs do not say.
    package let classes: Int?
    /// Of the detector's input, in pixels.
    package let inputWidth: Int
    package let inputHeight: Int

    let fit: OutputFit
    /// nil: nobody named it.
    let boxFormat: BoxFormat?

    /// Sees from the outputs' shapes and names how boxes are written.
    ///
    /// - Parameters:
    ///   - tensors: all outputs of the graph, in its order; those that no decoder reads are passed over.
    ///   - classes: how many labels there are; nil: nobody knows.
    ///   - decoder: nil: it is to be seen.
    ///   - boxFormat: of the decoders `ssd` and `torchvision`; nil: `xyxy`, and of the latter in pixels.
    package init(
        _ tensors: [DetectorTensor], inputWidth: Int, inputHeight: Int, classes: Int? = nil,
        decoder: BoxDecoder? = nil, boxFormat: BoxFormat? = nil
    ) throws(DetectError) {
        let search = { (classes: Int?) in
            OutputSearch(
                tensors: tensors, width: inputWidth, height: inputHeight, classes: classes, isNamed: decoder != nil)
        }
        let decoders = decoder.map { [$0] } ?? BoxDecoder.allCases
        let fits = decoders.flatMap(search(classes).fits)
        guard let fit = fits.first else {
            let others = decoders.flatMap(search(nil).fits)
            if let labels = classes, others.count == 1, let tensor = others[0].scoreTensor,
                let scores = others[0].scoreCount
            {
                throw .classesDiffer(others[0].decoder, tensor: tensor, scores: scores, labels: labels)
            }
            throw decoder.map { .doesNotFit($0, outputs: tensors) } ?? .noDecoderFits(outputs: tensors)
        }
        guard fits.count == 1 else {
            var several: [BoxDecoder] = []
            for fit in fits where !several.contains(fit.decoder) { several.append(fit.decoder) }
            throw .severalFit(several, outputs: tensors)
        }
        if [.detr, .ssd].contains(fit.decoder), classes == nil, let tensor = fit.scoreTensor {
            throw .classesUnknown(fit.decoder, tensor: tensor, scores: fit.rowLength)
        }
        if let boxFormat, ![.ssd, .torchvision].contains(fit.decoder) { throw .formatUnused(boxFormat, fit.decoder) }
        self.fit = fit
        self.decoder = fit.decoder
        self.boxFormat = boxFormat
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.classes = classes ?? fit.scoreCount
        tensorNames = fit.tensors.map(\.name)
        scoreTensor = fit.scoreTensor?.name
    }

    /// Which score of a candidate stands for nothing, where there is one more than classes: of an SSD the first one, the
    /// background's, and of a DETR the last one, "no object".
    package var nothing: Int? {
        guard let classes, let count = fit.scoreCount, count == classes + 1 else { return nil }
        return decoder == .ssd ? 0 : decoder == .detr ? classes : nil
    }

    /// The boxes of a picture, best first.
    ///
    /// A candidate is of the class that it has the highest score of, and of no other. Scores and boxes that are not finite, and
    /// boxes without an area, are left out.
    /// - Parameter values: of each output in `tensorNames`, Float, row-major.
    package func detections(_ values: [UnsafeBufferPointer<Float>], _ rule: DetectionRule) -> [Detection] {
        precondition(values.count == tensorNames.count)
        var found: [Detection] = []
        func take(_ detection: Detection) {
            guard detection.score >= rule.minScore, detection.score.isFinite, detection.box.isBox,
                rule.classes?.contains(detection.classID) ?? true
            else { return }
            found.append(detection)
        }
        switch decoder {
        case .yolox: decodeCells(values[0], above: rule.minScore, take)
        case .yolov5: decodeRows(values[0], above: rule.minScore, take)
        case .yolov8: decodeChannels(values[0], above: rule.minScore, take)
        case .endToEnd: decodeChosen(values[0], take)
        case .detr: decodeQueries(boxes: values[0], logits: values[1], take)
        case .ssd: decodeScored(boxes: values[0], scores: values[1], above: rule.minScore, take)
        case .torchvision: decodeFound(boxes: values[0], labels: values[1], scores: values[2], take)
        }
        return Suppression.best(of: found, rule, suppresses: decoder.suppresses)
    }
}
