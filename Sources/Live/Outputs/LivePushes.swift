import Capture
import Encode
import Logging
import Pipeline
import Serve

/// Sends what is shown to other servers, each on a thread of its own (`Pusher`). A target that other settings name as well
/// keeps its connection.
final class LivePushes: LiveOutput {
    private let pushers: [Pusher]
    private let config: EncodeConfig
    private let hub: LiveHub
    private let packets: PacketHub

    /// What they may take to say goodbye.
    private static let mostTime = Duration.seconds(1)

    private init(_ opening: OutputOpening, _ packets: PacketHub, _ pushers: [Pusher]) {
        (self.pushers, config, hub, self.packets) = (pushers, opening.config, opening.hub, packets)
    }

    static func open(_ opening: OutputOpening) throws -> LivePushes? {
        let targets = try opening.config.pushTargets()
        let known = opening.hub.pushes.all
        guard !targets.isEmpty else {
            opening.hub.pushes.set([])
            return nil
        }
        guard let packets = opening.hub.packets else { throw EncodeError.noEncoderForStreams }
        let log = opening.log
        let pushers = try targets.map { target in
            try known.first { $0.target == target }
                ?? Pusher(target) { event in
                    log.log(level: event.problem == nil ? .notice : .warning, "\(event)")
                }
        }
        if known.isEmpty { opening.hub.pushes.measure(opening.hub.registry) }
        opening.hub.pushes.set(pushers, areRequired: opening.config.pushRequired)
        for pusher in pushers where !known.contains(where: { $0 === pusher }) { packets.add(pusher) }
        return LivePushes(opening, packets, pushers)
    }

    /// The sound that comes with this input goes along.
    func begin(with source: any FrameSource, _ settings: LiveSettings.Values) {
        for pusher in pushers { pusher.sound.expect(source.liveSound?.stream) }
        source.liveSound?.connect(SoundFan(pushers))
    }

    /// Hands the sound to all targets.
    private final class SoundFan: LivePacketReader {
        private let pushers: [Pusher]
        init(_ pushers: [Pusher]) { self.pushers = pushers }
        func take(_ packet: LivePacket) { for pusher in pushers { pusher.sound.take(packet) } }
        func noteLoss() { for pusher in pushers { pusher.sound.noteLoss() } }
    }

    func goesOn(under config: EncodeConfig) -> Bool {
        config.push == self.config.push && config.pushRequired == self.config.pushRequired
    }

    // They read packets: the stream is what wishes for pictures.
    func wish(_ settings: LiveSettings.Values) -> PictureContent { [] }
    func offer(_ frame: borrowing Frame, _ picture: LivePicture) -> Bool { false }

    /// Ends those that the settings do not name any more.
    func handOver(within limit: Duration) {
        let next = hub.pushes.all
        end(pushers.filter { old in !next.contains { $0 === old } }, within: limit)
    }

    func finish(within limit: Duration?) {
        hub.pushes.set([])
        end(pushers, within: limit ?? Self.mostTime)
    }

    private func end(_ pushers: [Pusher], within limit: Duration) {
        for pusher in pushers { packets.remove(pusher) }
        Pusher.finish(pushers, within: min(limit, Self.mostTime))
    }
}
