extension CameraRun {
    /// How long its end may take.
    package struct EndLimits: Sendable {
        /// For its files; what takes longer is completed by the next start. Nil: as long as it takes.
        let finish: Duration?
        /// Of that, for the pictures that wait for the encoder.
        let drain: Duration?
        /// For the files of a camera that is taken out while others go on: those that come meanwhile wait so long for what
        /// it holds, and no later start may know of its files.
        let leave: Duration?

        package static let none = EndLimits(finish: nil, drain: nil, leave: nil)
        /// A service has two seconds for its end, whatever hangs.
        package static let service = EndLimits(
            finish: .milliseconds(1200), drain: .milliseconds(400), leave: .seconds(20))
    }

    /// Who is told what happens to the camera.
    package struct Listeners: Sendable {
        let opened: @Sendable () -> Void
        let delivered: LiveDelivery.OnPicture

        /// - Parameters:
        ///   - opened: a pipeline is open, or its opening was interrupted.
        ///   - delivered: a picture went out: how many did until now, and what is seen in it.
        package init(
            opened: @escaping @Sendable () -> Void = {},
            delivered: @escaping @Sendable (_ pictures: Int, _ label: String?) -> Void = { _, _ in }
        ) {
            self.opened = opened
            self.delivered = delivered
        }
    }
}
