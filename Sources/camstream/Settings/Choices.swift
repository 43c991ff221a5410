import ArgumentParser
import Capture
import Detect
import Encode
import Engine
import Infer
import Overlay
import Tracking

// Words of the settings that the command line takes, too: --help lists their values.
extension MethodName: ExpressibleByArgument {}
extension LayerFusion: ExpressibleByArgument {}
extension MapFilter: ExpressibleByArgument {}
extension MotionChoice: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension DetectConfig.Track: ExpressibleByArgument {}
extension DetectConfig.Heat: ExpressibleByArgument {}
extension OverlayConfig.Layout: ExpressibleByArgument {}
extension OverlayConfig.Blend: ExpressibleByArgument {}
extension OverlayConfig.Labels: ExpressibleByArgument {}
extension Colormap: ExpressibleByArgument {}

extension PictureRegion: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension PictureSize: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension ControlSetting: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension TimeSpan: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension DataSize: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension ChannelSelection: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension MethodList: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Device: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension ScaleChoice: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public static var allValueStrings: [String] { ["frame", "running", "fixed:LO,HI"] }
}

extension CamEvery: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public static var allValueStrings: [String] { ["N", "auto"] }
}
