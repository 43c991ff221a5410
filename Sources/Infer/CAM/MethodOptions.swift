/// What methods can be told.
package struct MethodOptions: Sendable, Equatable {
    /// Of the feature view.
    package var channels = ChannelSelection.strongest(1)
    /// How often methods that sample do so: masks of RISE, draws of SS-CAM, steps of IS-CAM, channels of Score-CAM; nil:
    /// as often as the method's authors.
    package var samples: Int?
    /// Of the methods that draw random numbers: the same seed gives the same maps.
    package var seed = 1

    package init() {}
}
