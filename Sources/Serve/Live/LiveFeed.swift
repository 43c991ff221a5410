import CFFmpeg
import NIOCore
package import Pipeline
import Synchronization

/// The picture that is live, and its viewers.
///
/// The pipeline publishes every finished picture and goes on at once. A thread of the feed compresses the newest one,
/// once, if somebody looks, and puts it into each viewer's one-slot mailbox: a viewer that doesn't read keeps one
/// picture waiting and holds up nobody. While nobody looks (`isWatched`) the pipeline need not draw: it tells of a picture
/// that goes by with `pass`, and who asks then gets the next one.
package final class LiveFeed: Sendable {
    private struct State {
        /// The picture that is live; nil before the first, and while the live one was not drawn.
        var newest: Shot?
        /// The last compressed picture, and of which shot it is; nil: of one that is no longer live.
        var encoded: (shot: Shot?, picture: EncodedPicture)?
        /// When the last picture is to be sent again.
        var repeatAt = Duration.zero
        /// When the newest picture came or went by, whatever it was.
        var pictureAt: Duration?
        /// When the newest camera picture came.
        var cameraPictureAt: Duration?
    }

    /// The time after which the last picture is sent again: once, and then again and again.
    static let firstRepeat = Duration.milliseconds(100)
    static let laterRepeats = Duration.seconds(1)
    /// Where pictures come as seldom as this, each is drawn: who asks would wait too long for the next one.
    static let seldom = Duration.seconds(1)

    private let quality: Int
    private let time: Timekeeper
    let metrics: FeedMetrics
    /// Clients of the stream, and those who wait for one picture.
    private let viewers: Subscribers<EncodedPicture>
    private let work = Mailbox<Shot>()
    /// Has something from when somebody comes.
    private let arrivals = Mailbox<Void>()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: of clients of the stream; all cameras of a server have the same one.
    ///   - quality: of the JPEGs, 1...100.
    ///   - metrics: a camera's own view, where there are several.
    package init(limit: ClientLimit, quality: Int = 80, metrics: Metrics = Metrics(), time: Timekeeper = .system) {
        viewers = Subscribers(limit: limit)
        self.quality = quality
        self.time = time
        self.metrics = FeedMetrics(metrics)
        metrics.gauge("camstream_stream_clients", "Clients that watch the stream.") { [weak self] in
            Double(self?.clients ?? 0)
        }
    }

    package convenience init(
        maximumClients: Int = 128, quality: Int = 80, metrics: Metrics = Metrics(), time: Timekeeper = .system
    ) {
        self.init(limit: ClientLimit(maximumClients), quality: quality, metrics: metrics, time: time)
    }

    /// How many clients may watch the streams of all cameras.
    package var maximumClients: Int { viewers.maximumClients }

    /// How many clients watch the stream.
    package var clients: Int { viewers.clients }

    /// Whether the next picture is worth drawing: somebody looks, or waits for one. So it is where pictures come seldom.
    package var isWatched: Bool {
        if !viewers.isEmpty { return true }
        let now = time.now()
        return state.withLock { $0.pictureAt }.map { now - $0 >= Self.seldom } ?? true
    }

    /// Whether there will be no more pictures.
    var isFinished: Bool { viewers.isFinished }

    /// How old the newest camera picture is; slates do not count. Nil: there was none.
    package var age: Duration? {
        state.withLock { $0.cameraPictureAt }.map { time.now() - $0 }
    }

    /// Makes a picture the live one. Takes a reference to its pixels, which nobody may change from now on; never waits.
    ///
    /// - Throws: `FFmpegError` if memory is short.
    package func publish(_ frame: borrowing Frame, _ facts: PictureFacts) throws(FFmpegError) {
        let now = time.now()
        let shot = Shot(try frame.reference(), facts, publishedAt: now)
        state.withLock { state in
            state.newest = shot
            state.pictureAt = now
            if !facts.isSlate { state.cameraPictureAt = now - facts.latency }
        }
        // Who joins after this finds the picture.
        if !viewers.isEmpty { work.put(shot) }
    }

    /// Tells of a picture that became the live one and was not drawn, as nobody looked.
    package func pass(_ facts: PictureFacts) {
        let now = time.now()
        // What it frees is freed after the lock.
        _ = state.withLock { state in
            if !facts.isSlate { state.cameraPictureAt = now - facts.latency }
            state.pictureAt = now
            state.encoded?.shot = nil
            return state.newest.take()
        }
    }

    /// A thread to compress on.
    static func thread() throws(LackOfResources) -> StageThread { try StageThread("jpeg") }

    /// Compresses and sends until `finish`, or until the task is cancelled.
    func run(on thread: StageThread) async {
        await withTaskGroup { group in
            group.addTask(executorPreference: thread) { await self.compress() }
            group.addTask { await self.repeatLast() }
            await group.next()
            group.cancelAll()
        }
        finish()
    }

    /// Ends every stream; there will be no more pictures.
    package func finish() {
        work.finish()
        arrivals.finish()
        viewers.finish()
        state.withLock { ($0.newest, $0.encoded) = (nil, nil) }
    }

    /// A mailbox for a client of the stream, which gets the live picture first; nil beyond the cap, or at the end.
    func subscribe() -> Mailbox<EncodedPicture>? {
        guard let viewer = viewers.join() else {
            if !isFinished { metrics.refused.add() }
            return nil
        }
        arrivals.put(())
        sendNewest(to: viewer)
        return viewer
    }

    /// May be called twice.
    func unsubscribe(_ viewer: Mailbox<EncodedPicture>) {
        if viewers.leave(viewer) { metrics.skipped.add(viewer.dropped) }
    }

    /// The live picture, compressed; the next one, where the live one was not drawn.
    ///
    /// - Parameter maximumAge: of the camera picture; an older one is not good enough, and neither is a slate. One that is
    ///   no longer live may be.
    /// - Parameter patience: how long to wait for a good one.
    /// - Returns: nil if there was none.
    func picture(maximumAge: Duration?, patience: Duration) async -> EncodedPicture? {
        let (hasPicture, known) = state.withLock { ($0.pictureAt != nil, $0.encoded?.picture) }
        if let maximumAge, let known, isGood(known, maximumAge) { return known }
        guard hasPicture || maximumAge != nil, let viewer = viewers.wait() else { return nil }
        defer { viewers.leave(viewer) }
        arrivals.put(())
        sendNewest(to: viewer)
        return await withTaskGroup(of: EncodedPicture?.self) { group in
            group.addTask {
                while let picture = await viewer.next() {
                    guard let maximumAge else { return picture }
                    if self.isGood(picture, maximumAge) { return picture }
                }
                return nil
            }
            group.addTask {
                // Cancelled when there is a picture.
                try? await self.time.sleep(patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// The live picture as a JPEG, or the next one.
    ///
    /// - Parameters: as of `picture`.
    package func jpeg(maximumAge: Duration, patience: Duration) async -> [UInt8]? {
        await picture(maximumAge: maximumAge, patience: patience).map { Array($0.jpeg.readableBytesView) }
    }

    /// Time since a picture was captured.
    func age(of picture: EncodedPicture) -> Duration { time.now() - picture.readyAt + picture.latency }

    private func isGood(_ picture: EncodedPicture, _ maximumAge: Duration) -> Bool {
        !picture.facts.isSlate && age(of: picture) <= maximumAge
    }

    private func sendNewest(to viewer: Mailbox<EncodedPicture>) {
        let now = time.now()
        let waiting = state.withLock { state -> Shot? in
            state.repeatAt = now + Self.firstRepeat
            guard let newest = state.newest else { return nil }
            guard let encoded = state.encoded, encoded.shot === newest else { return newest }
            viewer.put(encoded.picture)
            return nil
        }
        if let waiting { work.put(waiting) }
    }

    /// The loop of the feed's thread.
    private func compress() async {
        let encoder = JPEGEncoder(quality: quality)
        while let shot = await work.next() {
            guard isWanted(shot) else { continue }
            let start = time.now()
            do {
                let picture = try encoder.encode(shot.frame) { bytes in
                    let now = time.now()
                    return EncodedPicture(
                        bytes, facts: shot.facts, presentationSeconds: shot.frame.seconds,
                        latency: shot.facts.latency + (now - shot.publishedAt), readyAt: now)
                }
                metrics.encoded.add()
                metrics.seconds.observe((picture.readyAt - start).inSeconds)
                deliver(picture, of: shot)
            } catch {
                metrics.failed.add()
            }
        }
    }

    /// Whether somebody waits for a picture, which is not compressed yet.
    private func isWanted(_ shot: Shot) -> Bool {
        !viewers.isEmpty && state.withLock { $0.encoded?.shot !== shot }
    }

    private func deliver(_ picture: EncodedPicture, of shot: Shot) {
        state.withLock { state in
            state.encoded = (state.newest == nil ? nil : shot, picture)
            state.repeatAt = picture.readyAt + Self.firstRepeat
            viewers.send(picture)
        }
    }

    /// Browsers show a picture when the next one begins: if no new one comes, the last is sent again.
    ///
    /// It never sleeps longer than until a picture that comes now would be due again, and does nothing while nobody looks.
    private func repeatLast() async {
        while await arrivals.next() != nil {
            while !viewers.isEmpty {
                let now = time.now()
                let pause = state.withLock { state -> Duration in
                    if state.repeatAt > now { return min(state.repeatAt - now, Self.firstRepeat) }
                    state.repeatAt = now + Self.laterRepeats
                    // Under the lock, as all that is sent: no viewer gets it after a newer one.
                    if let encoded = state.encoded, encoded.shot != nil { viewers.send(encoded.picture) }
                    return Self.firstRepeat
                }
                do { try await time.sleep(pause) } catch { return }
            }
        }
    }
}
