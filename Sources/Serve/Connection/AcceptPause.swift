import Glibc
import Logging
import NIOCore

/// Lets a server look at who comes next only where it has room: one that may open no more files waits for a second, and one that
/// has taken more than it closes just now waits until some are closed.
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

    /// Taken beyond what is kept, until they are closed: those who come faster than they are let go.
    private static let excess = 32

    private let logger: Logger
    private let most: Int
    private var open = 0
    /// Whether the next ones are asked for when one is closed.
    private var isFull = false
    private var resumption: Scheduled<Void>?
    private var told: NIODeadline?

    /// - Parameter total: connections that are kept.
    init(_ logger: Logger, total: Int) { (self.logger, most) = (logger, total + Self.excess) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let child = unwrapInboundIn(data)
        open += 1
        child.closeFuture.hop(to: context.eventLoop).assumeIsolated().whenComplete { _ in
            self.open -= 1
            guard self.isFull else { return }
            self.isFull = false
            // Who waits for files goes on when that time is over.
            guard self.resumption == nil else { return }
            self.setAutoRead(true, context)
            context.read()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard open >= most, !isFull else { return }
        isFull = true
        setAutoRead(true, context)
        setAutoRead(false, context)
    }

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
            guard !self.isFull else { return }
            // Without it, nobody would ask for those who come after the next few.
            self.setAutoRead(true, context)
            context.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if resumption == nil, !isFull { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        resumption = nil
        isFull = false
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
