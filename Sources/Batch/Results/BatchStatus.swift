import Synchronization

/// How a batch stands, as its receipts say.
package struct BatchStatus: Codable, Sendable, Equatable {
    package var jobs = 0
    package var done = 0
    package var bad = 0
    /// To be done: those that somebody works on, those without a receipt, and those whose receipt does not fit any more.
    package var running = 0
    package var missing = 0
    package var stale = 0
    /// Frames that are done, and the seconds that it took.
    package var frames = 0
    package var seconds = 0.0
    /// Seconds of work that are left, one job at a time, by what was measured; nil: nothing was.
    package var left: Double?

    package init() {}

    package var isComplete: Bool { done + bad == jobs }

    private var costDone = 0.0
    private var costLeft = 0.0

    private enum CodingKeys: String, CodingKey {
        case jobs, done, bad, running, missing, stale, frames, seconds, left
    }

    /// Reads a plan's receipts, by as many threads as there are cores.
    package init(_ plan: Plan) throws {
        let (folder, prints) = (plan.head.folder, plan.head.fingerprints)
        let sum = Mutex(BatchStatus())
        let locks = LockedJobs(folder)
        try plan.forEachGroup { jobs in
            var part = BatchStatus()
            for job in jobs {
                let state = JobState(job, in: folder, prints)
                part.note(job, state, isLocked: locks.contains(job.id))
            }
            let found = part
            sum.withLock { $0.add(found) }
        }
        self = sum.withLock { $0 }
        if costDone > 0 { left = seconds / costDone * costLeft }
    }

    private mutating func note(_ job: PlannedJob, _ state: JobState, isLocked: Bool) {
        jobs += 1
        switch state {
        case .done(let receipt):
            done += 1
            frames += receipt.frames
            seconds += receipt.seconds
            costDone += job.cost
            return
        case .bad:
            bad += 1
            return
        case .open(let reason):
            if isLocked { running += 1 } else if reason == .missing { missing += 1 } else { stale += 1 }
        case .newer: stale += 1
        }
        costLeft += job.cost
    }

    private mutating func add(_ other: BatchStatus) {
        jobs += other.jobs
        done += other.done
        bad += other.bad
        running += other.running
        missing += other.missing
        stale += other.stale
        frames += other.frames
        seconds += other.seconds
        costDone += other.costDone
        costLeft += other.costLeft
    }
}

/// The jobs that have a lock, by id. Whoever has it may have died on another machine.
private struct LockedJobs: Sendable {
    private let ids: Set<String>

    init(_ folder: String) {
        var ids: Set<String> = []
        _ = forEachEntry(in: "\(folder)/\(JobPlaces.hidden)") { name, _ in
            guard name.hasSuffix(".lock"),
                !LockWatch.isOfTheDead("\(folder)/\(JobPlaces.hidden)/\(name)")
            else { return }
            ids.insert(String(name.dropLast(5)))
        }
        self.ids = ids
    }

    func contains(_ id: String) -> Bool { ids.contains(id) }
}
