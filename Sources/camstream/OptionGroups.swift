import ArgumentParser
import Infer
import Overlay

/// What methods can be told.
struct MethodOptionGroup: ParsableArguments {
    @Option(help: "What --method features shows: channels such as 435 or 435-437, or the strongest ones as in max:5.")
    var channels: ChannelSelection?

    @Option(
        help: """
            How often a method samples: masks of rise, draws of ss-cam, steps of is-cam, channels of scorecam (those that \
            vary most); without it as often as its authors did.
            """)
    var samples: Int?

    @Option(help: "Seed of the methods that draw random numbers; the same seed gives the same maps.")
    var seed: Int?

    /// Puts what was given over the settings.
    func apply(to options: inout MethodOptions) {
        if let channels { options.channels = channels }
        if let samples { options.samples = samples }
        if let seed { options.seed = seed }
    }
}

/// How the heat looks.
struct HeatOptionGroup: ParsableArguments {
    @Option(help: "Colour map.")
    var colormap: Colormap?

    @Option(help: "How heat and picture are mixed.")
    var blend: OverlayConfig.Blend?

    @Option(help: "Opacity of the heat, 0 to 1.")
    var opacity: Double?

    /// Puts what was given over the settings.
    func apply(to config: inout OverlayConfig) {
        if let colormap { config.colormap = colormap }
        if let blend { config.blend = blend }
        if let opacity { config.opacity = opacity }
    }
}
