import ArgumentParser
import Detect
import Infer
import Overlay
import Tracking

/// What methods can be told.
struct MethodOptionGroup: ParsableArguments {
    @Option(help: .setting("infer.channels"))
    var channels: ChannelSelection?

    @Option(help: .setting("infer.samples", valueName: "whole-number"))
    var samples: Int?

    @Option(help: .setting("infer.seed", valueName: "whole-number"))
    var seed: Int?
}

/// How maps are kept steady.
struct SteadyOptionGroup: ParsableArguments {
    @Option(help: .setting("infer.filter"))
    var filter: MapFilter?

    @Option(help: .setting("infer.smoothing", valueName: "number"))
    var smoothing: Double?

    @Option(help: .setting("infer.scale"))
    var scale: ScaleChoice?

    @Option(help: .setting("infer.motion"))
    var motion: MotionChoice?

    @Option(help: .setting("infer.cam-every"))
    var camEvery: CamEvery?

    @Option(help: .setting("infer.inference-rate", valueName: "number"))
    var inferenceRate: Double?

    @Option(help: .setting("infer.label-floor", valueName: "number"))
    var labelFloor: Double?
}

/// Which boxes of a detector count.
struct DetectOptionGroup: ParsableArguments {
    @Option(help: .setting("detect.min-score", valueName: "number"))
    var minScore: Double?

    @Option(help: .setting("detect.max-boxes", valueName: "whole-number"))
    var maxBoxes: Int?

    @Option(help: .setting("detect.overlap", valueName: "number"))
    var overlap: Double?

    @Option(help: .setting("detect.track"))
    var track: DetectConfig.Track?

    @Option(help: .setting("detect.heat"))
    var heat: DetectConfig.Heat?

    @Option(help: .setting("detect.crop-margin", valueName: "number"))
    var cropMargin: Double?
}

/// What a picture of the output shows.
struct PictureOptionGroup: ParsableArguments {
    @Option(help: .setting("overlay.layout"))
    var layout: OverlayConfig.Layout?

    @OptionGroup var heat: HeatOptionGroup

    @Option(help: .setting("overlay.labels"))
    var labels: OverlayConfig.Labels?

    @Flag(inversion: .prefixedNo, help: .setting("overlay.box"))
    var box: Bool?

    @Flag(inversion: .prefixedNo, help: .setting("overlay.color-bar"))
    var colorBar: Bool?

    @Flag(inversion: .prefixedNo, help: .setting("overlay.enlarge"))
    var enlarge: Bool?
}

/// How the output is compressed.
struct EncoderOptionGroup: ParsableArguments {
    @Option(help: .setting("encode.codec"))
    var codec: String?

    @Option(help: .setting("encode.preset"))
    var preset: String?

    @Option(help: .setting("encode.crf", valueName: "number"))
    var crf: Double?
}

/// How the heat looks.
struct HeatOptionGroup: ParsableArguments {
    @Option(help: .setting("overlay.colormap"))
    var colormap: Colormap?

    @Option(help: .setting("overlay.blend"))
    var blend: OverlayConfig.Blend?

    @Option(help: .setting("overlay.opacity", valueName: "number"))
    var opacity: Double?
}
