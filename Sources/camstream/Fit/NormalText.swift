import Fit
import Foundation
import Infer
import ONNX

/// What `camstream fit --normal` says.
enum NormalText {
    /// For the progress line.
    static func progress(_ step: NormalFitting.Step, seconds: Double) -> String {
        switch step {
        case .reading(let done, let total): FitText.progress(.reading(done: done, total: total), seconds: seconds)
        case .choosing(let done, let total): "choosing what to remember  \(done)/\(total)"
        case .holdingOut(let done, let total): "looking at what was held out  \(done)/\(total)"
        case .testing(let done, let total): "testing  \(done)/\(total)"
        case .drawing(let done, let total): "drawing the report's images  \(done)/\(total)"
        }
    }

    /// The last lines.
    static func summary(
        _ fitted: NormalFitted, _ paths: (model: String, page: String, numbers: String)
    ) -> [String] {
        var lines = [
            "\(paths.model): good parts, learnt from \(fitted.learntCount) images (\(fitted.backbone.name)'s features, "
                + "\(fitted.memory.count) rows)",
            "held out: \(fitted.heldAbove) of \(fitted.heldCount) good images lie above the threshold",
        ]
        if fitted.threshold.way == .extremeValues {
            lines.append("the threshold is an estimate: the report says of what")
        }
        if let test = fitted.test {
            let pixels = test.all.pixelAUROC.map { ", of pixels \(decimals($0))" } ?? ""
            lines.append(
                "tested: \(test.all.found) of \(test.all.pictures) defects found, \(test.falseAlarms) of \(test.good) good "
                    + "images taken for defects; AUROC of images \(decimals(test.all.imageAUROC))\(pixels)")
        } else {
            lines.append("no defect was seen yet: --test FOLDER measures how many are found")
        }
        lines.append("report: \(paths.page), \(paths.numbers)")
        lines.append("see it at work: camstream -i /dev/video0 -m \(paths.model) --serve")
        return lines
    }

    private static func decimals(_ number: Double) -> String { String(format: "%.3f", number) }
}
