import ArgumentParser
import Infer
import Overlay
import Tracking

/// What methods can be told.
struct MethodOptionGroup: ParsableArguments {
    @Option(help: "What --method features shows: channels such as 435 or 435-437, or the strongest ones as in max:5.")
    var channels: ChannelSelection?

    @Option(
        help: ArgumentHelp(
            """
            How often a method samples: masks of rise, draws of ss-cam, steps of is-cam, channels of scorecam (those that \
            vary most); without it as often as its authors did.
            """, valueName: "whole-number"))
    var samples: Int?

    @Option(
        help: ArgumentHelp(
            "Seed of the methods that draw random numbers; the same seed gives the same maps.",
            valueName: "whole-number"))
    var seed: Int?

    /// Puts what was given over the settings.
    func apply(to options: inout MethodOptions) {
        if let channels { options.channels = channels }
        if let samples { options.samples = samples }
        if let seed { options.seed = seed }
    }
}

/// How maps are kept steady.
struct SteadyOptionGroup: ParsableArguments {
    @Option(help: "How maps are smoothed over time.")
    var filter: MapFilter?

    @Option(
        help: ArgumentHelp(
            "Time constant of the smoothing in seconds; 0 turns it off, also that of the classes.", valueName: "number")
    )
    var smoothing: Double?

    @Option(
        help: """
            What is drawn as no heat and as full heat: no evidence and the strongest place of each frame, a scale that \
            follows them and the class's probability (running; default but for stills and grids), or two values of the maps \
            (fixed:LO,HI).
            """)
    var scale: ScaleChoice?

    @Option(help: "Whether maps follow the picture's motion.")
    var motion: MotionChoice?

    @Option(
        help: ArgumentHelp(
            "Let the classifier look at one frame of so many; in between, its maps follow the motion.",
            valueName: "whole-number"))
    var camEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Probability below which the label says that nothing is recognised; 0: never.", valueName: "number"))
    var labelFloor: Double?

    /// Puts what was given over the settings.
    func apply(to config: inout InferConfig) {
        if let labelFloor { config.labelFloor = labelFloor }
        if let filter { config.filter = filter }
        if let smoothing { config.smoothing = smoothing }
        if let scale { config.scale = scale }
        if let motion { config.motion = motion }
        if let camEvery { config.camEvery = camEvery }
    }
}

/// How the heat looks.
struct HeatOptionGroup: ParsableArguments {
    @Option(help: "Colour map.")
    var colormap: Colormap?

    @Option(help: "How heat and picture are mixed.")
    var blend: OverlayConfig.Blend?

    @Option(help: ArgumentHelp("Opacity of the heat, 0 to 1.", valueName: "number"))
    var opacity: Double?

    /// Puts what was given over the settings.
    func apply(to config: inout OverlayConfig) {
        if let colormap { config.colormap = colormap }
        if let blend { config.blend = blend }
        if let opacity { config.opacity = opacity }
    }
}
