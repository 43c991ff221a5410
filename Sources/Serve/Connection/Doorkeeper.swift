import NIOCore

/// Finds a new connection a place, and closes it if its first byte does not come soon. Sits before TLS.
final class Doorkeeper: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connections: Connections
    private let patience: Duration
    /// Whether clients on this machine are a proxy, which stands for many.
    private let trustsProxy: Bool
    private var timer: Scheduled<Void>?

    init(_ connections: Connections, patience: Duration, trustsProxy: Bool) {
        (self.connections, self.patience, self.trustsProxy) = (connections, patience, trustsProxy)
    }

    func channelActive(context: ChannelHandlerContext) {
        let address = context.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        let isProxy = trustsProxy && address?.isLoopback == true
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: .init(patience)) { channel.close(promise: nil) }
        connections.enter(channel, from: isProxy ? nil : address?.block ?? "local")
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        timer?.cancel()
        timer = nil
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        connections.leave(context.channel)
        context.fireChannelInactive()
    }
}
