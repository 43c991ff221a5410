import Capture
import Evaluate
import Foundation
import Infer
import Logging
import Overlay
import Pipeline
import Reports
import Serve

/// Draws the best and the worst pictures of each method with its heat.
struct EvaluationPanels {
    private let subject: EvaluationSubject
    private let log: Logger
    /// By the pictures' keys, with the methods' places.
    private var wanted: [String: [(place: Int, panel: EvaluationPage.Panel)]] = [:]
    private let jpeg = JPEGEncoder(quality: 82)

    /// In pixels, of the longer side.
    private static let largest = 240

    init(_ evaluation: Evaluation, _ subject: EvaluationSubject, _ log: Logger) {
        (self.subject, self.log) = (subject, log)
        for (place, method) in evaluation.methods.enumerated() where !method.method.isBaseline {
            for extreme in method.best + method.worst {
                let picture = LabelledPicture(path: "", name: extreme.picture, label: extreme.label)
                wanted[picture.key, default: []].append(
                    (place, EvaluationPage.Panel(method: method.method.key, extreme)))
            }
        }
    }

    /// - Returns: JPEG files.
    /// - Throws: `InferError`, `OverlayError`, `FFmpegError`, `ServeError`.
    func draw(_ interrupt: Interrupt) throws -> [EvaluationPage.Panel: Data] {
        var panels: [EvaluationPage.Panel: Data] = [:]
        let reader = PictureReader()
        for picture in subject.data.pictures {
            guard let own = wanted[picture.key] else { continue }
            _ = try reader.read(picture, interrupt) { frame, format in
                let seen = try subject.methods.explain(
                    frame, format, classID: subject.explainedClass(picture.label), log)
                let small = try Miniature(format, largest: Self.largest)
                let painter = try Painter(Self.overlay, input: small.format)
                let scale = (
                    x: Double(small.format.width) / Double(format.width),
                    y: Double(small.format.height) / Double(format.height)
                )
                for (place, panel) in own {
                    let heat = seen.heatmaps[place].scaled(x: scale.x, y: scale.y)
                    let painted = try painter.paint(
                        Explained(frame: try small.shrink(frame), top: [], observations: [], heat: heat))
                    panels[panel] = try jpeg.encode(painted) { Data($0) }
                }
            }
        }
        return panels
    }

    private static let overlay: OverlayConfig = {
        var config = OverlayConfig()
        (config.labels, config.colourBar) = (.none, false)
        return config
    }()
}
