/// What methods can be told.
package struct MethodOptions: Sendable, Equatable {
    /// Of the feature view.
    package var channels = ChannelSelection.strongest(1)

    package init() {}
}
