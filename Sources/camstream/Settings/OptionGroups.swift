import ArgumentParser
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

/// How the heat looks.
struct HeatOptionGroup: ParsableArguments {
    @Option(help: .setting("overlay.colormap"))
    var colormap: Colormap?

    @Option(help: .setting("overlay.blend"))
    var blend: OverlayConfig.Blend?

    @Option(help: .setting("overlay.opacity", valueName: "number"))
    var opacity: Double?
}
