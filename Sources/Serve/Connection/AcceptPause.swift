import Glibc
import Logging
import NIOCore

/// Lets a server that may open no more files wait for a second before it looks at who comes next.
///
/// NIO's own handler puts off the next read, but a read that has failed is still under way for NIO, and the socket is asked
/// again at once, and again, by a whole core.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    static let pause = TimeAmount.seconds(1)
    private static let timeBetweenWarnings = TimeAmount.minutes(1)
    /// What somebody else's closing mends.
    private static let lacks = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    private let logger: Logger
    private var resumption: Scheduled<Void>?
    private var told: NIODeadline?

    init(_ logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, Self.lacks.contains(failure.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        guard resumption == nil else { return }
        tell(failure, at: .now())
        // Only a change of this option takes the socket from what is waited for.
        setAutoRead(true, context)
        setAutoRead(false, context)
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.resumption = nil
            // Without it, nobody would ask for those who come after the next few.
            self.setAutoRead(true, context)
            context.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if resumption == nil { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        resumption = nil
        context.fireChannelInactive()
    }

    private func setAutoRead(_ isOn: Bool, _ context: ChannelHandlerContext) {
        do {
            try context.channel.syncOptions?.setOption(.autoRead, value: isOn)
        } catch {
            context.fireErrorCaught(error)
        }
    }

    private func tell(_ failure: IOError, at now: NIODeadline) {
        if let told, now - told < Self.timeBetweenWarnings { return }
        told = now
        logger.warning(
            "no more connections can be taken just now: \(String(cString: strerror(failure.errnoCode))); those who come wait"
        )
    }
}
