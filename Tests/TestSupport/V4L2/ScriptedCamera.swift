import CV4L2
package import Capture
import Foundation
import Glibc

/// Cameras as a test writes them, in a time of their own: nobody waits. What happens, happens at the time of the script,
/// when the code under test waits, sleeps or calls.
///
/// It behaves as drivers do: a picture goes into the oldest buffer that is queued, and is lost where there is none.
package final class ScriptedCamera: VideoSystem, @unchecked Sendable {  // safe: all state is behind the lock
    package enum Event {
        /// A picture is ready; by default its bytes all are its number.
        case picture(Picture = Picture())
        /// From now on the stream of whoever has it fails with an error number.
        case failure(Int32)
        case unplug(String)
        case plug(String, FakeCamera)
        /// The signal now has this size.
        case newSize(Int, Int)
        case action(@Sendable () -> Void)
    }

    package struct Picture {
        let bytes: [UInt8]?
        let flags: Int32
        /// Microseconds: how long before it is ready it was taken, by its stamp.
        let age: Int64
        /// How many numbers the driver leaves out before this one.
        let gap: UInt32
        let isInterlaced: Bool

        package init(
            _ bytes: [UInt8]? = nil, flags: Int32 = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, age: Int64 = 0, gap: UInt32 = 0,
            isInterlaced: Bool = false
        ) {
            self.bytes = bytes
            self.flags = flags
            self.age = age
            self.gap = gap
            self.isInterlaced = isInterlaced
        }
    }

    private let lock = NSRecursiveLock()
    private var script: [(time: Int64, event: Event)]
    private var now: Int64 = 1_000_000_000
    private var cameras: [String: FakeCamera]
    private var files: [Int32: OpenFile] = [:]
    private var nextDescriptor: Int32 = 100
    private var memory: [UnsafeMutableRawPointer: Int] = [:]
    private var detached: Set<UnsafeMutableRawPointer> = []

    /// Calls that fail, and with which error number.
    private var failures: [VideoRequest: Int32] = [:]
    /// Names of calls in their order, without the polling of buffers.
    package private(set) var calls: [String] = []
    /// How often a buffer was given back that the driver had.
    package private(set) var doubleQueues = 0
    package private(set) var openings: [(path: String, seconds: Double)] = []

    /// - Parameter script: what happens, by seconds after the start.
    package init(_ cameras: [String: FakeCamera], _ script: [(Double, Event)] = []) {
        self.cameras = cameras
        self.script = script.map { (1_000_000_000 + Int64(($0.0 * 1e6).rounded()), $0.1) }
            .sorted { $0.time < $1.time }
    }

    package func fail(_ request: VideoRequest, with code: Int32?) { lock.withLock { failures[request] = code } }
    /// Puts a camera elsewhere before anything opens it.
    package func rename(_ path: String, to other: String) {
        lock.withLock { cameras[other] = cameras.removeValue(forKey: path) }
    }
    package var seconds: Double { lock.withLock { Double(now - 1_000_000_000) / 1e6 } }
    package var openFiles: Int { lock.withLock { files.count } }
    /// Buffers that keep the device.
    package var mappedBuffers: Int { lock.withLock { memory.count - detached.count } }
    /// Buffers that only keep their bytes.
    package var detachedBuffers: Int { lock.withLock { detached.count } }
    /// Buffers that the driver of the only open file has.
    package var queuedBuffers: Int { lock.withLock { files.values.first?.queued.count ?? 0 } }
    package func advance(seconds: Double) { lock.withLock { advance(to: now + Int64(seconds * 1e6)) } }

    // MARK: VideoSystem

    package var monotonicTime: Int64 { lock.withLock { now } }
    package var wallTime: Int64 { lock.withLock { now + 1_700_000_000_000_000 } }
    package func sleep(microseconds: Int) { lock.withLock { advance(to: now + Int64(microseconds)) } }

    package func open(_ path: String, _ conversion: PixelConversion) -> Int32 {
        lock.withLock {
            openings.append((path, Double(now - 1_000_000_000) / 1e6))
            // A link of udev, in the file system of the test.
            let node =
                cameras[path] == nil
                ? VideoNodes.target(of: path).flatMap { target in
                    cameras.keys.first { VideoNodes.target(of: $0) == target }
                } : path
            guard let node, let camera = cameras[node] else { return -ENOENT }
            if let code = camera.openFailure { return -code }
            nextDescriptor += 1
            files[nextDescriptor] = OpenFile(camera, converts: conversion == .byLibrary)
            return nextDescriptor
        }
    }

    package func close(_ descriptor: Int32) { lock.withLock { files[descriptor] = nil } }

    package func map(_ descriptor: Int32, length: Int, offset: Int, _ conversion: PixelConversion)
        -> UnsafeMutableRawPointer?
    {
        lock.withLock {
            guard let file = files[descriptor], offset / 4096 < file.buffers.count else { return nil }
            let pointer = UnsafeMutableRawPointer.allocate(byteCount: length + 4096, alignment: 4096)
            memory[pointer] = length
            file.buffers[offset / 4096] = pointer
            return pointer
        }
    }

    package func unmap(_ memory: UnsafeMutableRawPointer, length: Int, _ conversion: PixelConversion) {
        lock.withLock {
            precondition(self.memory.removeValue(forKey: memory) == length, "unmapped what is not mapped")
            detached.remove(memory)
            memory.deallocate()
        }
    }

    package func detach(_ memory: UnsafeMutableRawPointer, length: Int, _ conversion: PixelConversion) {
        lock.withLock { _ = detached.insert(memory) }
    }

    package func wait(_ descriptor: Int32, milliseconds: Int32) -> Int32 {
        lock.withLock {
            let end = now + Int64(milliseconds) * 1000
            while true {
                advance(to: now)
                let events = events(descriptor)
                if events != 0 { return events }
                guard let next = script.first?.time, next <= end else { break }
                advance(to: next)
            }
            advance(to: end)
            return events(descriptor)
        }
    }

    private func events(_ descriptor: Int32) -> Int32 {
        guard let file = files[descriptor] else { return POLLNVAL }
        if file.camera.isGone { return POLLERR | POLLHUP }
        if file.error != nil { return POLLERR }
        return (file.filled.isEmpty ? 0 : POLLIN) | (file.hasNewSize ? POLLPRI : 0)
    }

    // MARK: The script

    private func advance(to time: Int64) {
        precondition(time < 100_000_000_000, "the code under test waits for ever")
        while let next = script.first, next.time <= time {
            now = max(now, next.time)
            script.removeFirst()
            perform(next.event)
        }
        now = max(now, time)
    }

    private func perform(_ event: Event) {
        let streaming = files.values.first { $0.isStreaming && !$0.camera.isGone }
        switch event {
        case .picture(let picture): streaming?.fill(picture, now)
        case .failure(let code): streaming?.error = code
        case .unplug(let path): cameras.removeValue(forKey: path)?.isGone = true
        case .plug(let path, let camera): cameras[path] = camera
        case .newSize(let width, let height):
            streaming?.camera.onlySize = (width, height)
            streaming?.hasNewSize = streaming?.isSubscribed ?? false
        case .action(let action): action()
        }
    }

    // MARK: ioctls

    package func call(_ descriptor: Int32, _ request: VideoRequest, _ argument: UnsafeMutableRawPointer) -> Int32 {
        lock.withLock {
            advance(to: now)
            if request != .dequeueBuffer && request != .queueBuffer { calls.append(request.name) }
            guard let file = files[descriptor] else { return EBADF }
            if file.camera.isGone { return ENODEV }
            if let code = failures[request] { return code }
            if request == .queueBuffer { return file.queue(argument) { doubleQueues += 1 } }
            return file.call(request, argument)
        }
    }
}
