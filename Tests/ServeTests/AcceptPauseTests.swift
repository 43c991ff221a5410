import Glibc
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Serve

/// Where no more files can be opened, the socket that takes connections is left alone for a second.
struct AcceptPauseTests {
    /// Stands where the socket is.
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = Never
        private(set) var count = 0
        func read(context: ChannelHandlerContext) { count += 1 }
    }

    /// Stands where errors go on.
    private final class Errors: ChannelInboundHandler {
        typealias InboundIn = Never
        private(set) var count = 0
        func errorCaught(context: ChannelHandlerContext, error: any Error) { count += 1 }
    }

    private let channel = EmbeddedChannel()
    private let reads = Reads()
    private let errors = Errors()

    init() throws {
        let pause = AcceptPause(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, total: 1000)
        try channel.pipeline.syncOperations.addHandlers([reads, pause, errors])
    }

    private func fail(_ code: Int32) {
        channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
    }

    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM]) func aLackIsWaitedFor(code: Int32) {
        let before = reads.count
        fail(code)
        let afterToggling = reads.count
        for _ in 0..<10 { channel.pipeline.read() }
        fail(code)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(reads.count == afterToggling && errors.count == 0)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(reads.count == afterToggling + 1)
        channel.pipeline.read()
        #expect(reads.count == afterToggling + 2 && before <= afterToggling)
    }

    @Test func moreThanAreKeptAreTakenOnlyWhenSomeAreClosed() throws {
        let channel = EmbeddedChannel()
        let reads = Reads()
        let pause = AcceptPause(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, total: 8)
        try channel.pipeline.syncOperations.addHandlers([reads, pause])
        // Forty: eight that are kept, and as many as may wait to be closed.
        let children = (0..<40).map { _ in EmbeddedChannel(loop: channel.embeddedEventLoop) }
        for child in children { channel.pipeline.fireChannelRead(child as any Channel) }
        channel.pipeline.fireChannelReadComplete()
        let before = reads.count
        channel.pipeline.read()
        #expect(reads.count == before)
        try children[0].close().wait()
        channel.embeddedEventLoop.run()
        #expect(reads.count > before)
        let after = reads.count
        channel.pipeline.read()
        #expect(reads.count == after + 1)
    }

    @Test func roomForConnectionsDoesNotEndAWaitForFiles() throws {
        let channel = EmbeddedChannel()
        let reads = Reads()
        let pause = AcceptPause(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, total: 0)
        try channel.pipeline.syncOperations.addHandlers([reads, pause, Errors()])
        let children = (0..<40).map { _ in EmbeddedChannel(loop: channel.embeddedEventLoop) }
        for child in children { channel.pipeline.fireChannelRead(child as any Channel) }
        channel.pipeline.fireChannelReadComplete()
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        let before = reads.count
        try children[0].close().wait()
        channel.embeddedEventLoop.run()
        #expect(reads.count == before)
        channel.embeddedEventLoop.advanceTime(by: AcceptPause.pause)
        #expect(reads.count > before)
    }

    @Test func afterwardsTheSocketIsReadOnAndOn() {
        func isReadOnAndOn() -> Bool? {
            channel.options.last { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool
        }
        fail(EMFILE)
        #expect(isReadOnAndOn() == false)
        channel.embeddedEventLoop.advanceTime(by: AcceptPause.pause)
        #expect(isReadOnAndOn() == true)
    }

    @Test func otherErrorsAreNoneOfItsBusiness() {
        let before = reads.count
        fail(ECONNABORTED)
        channel.pipeline.read()
        #expect(errors.count == 1 && reads.count == before + 1)
    }
}
