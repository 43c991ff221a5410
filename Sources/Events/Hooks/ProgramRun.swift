import CLinux
import Glibc
import Pipeline

/// One run of a hook's program. It gets no shell, nothing to read, no descriptor of ours and few variables, and has a process group
/// of its own, which is killed when its time is over: nothing that it starts outlives it that stays in the group.
struct ProgramRun {
    enum Outcome: Equatable {
        /// With its exit code.
        case ended(Int32)
        case killed(by: Int32)
        case outOfTime
    }

    let process: pid_t

    /// - Throws: why it cannot be started.
    static func start(_ words: [String], environment: [String]) throws(HookFault) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for output in [1, 2] as [CInt] { posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
        shim_spawn_close_from(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that we ignore or hold back are none of its business.
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw HookFault("\(words[0]) cannot be run: \(String(cString: strerror(code)))") }
        return process
    }

    /// Ends it and all that is in its group.
    static func kill(_ process: pid_t) { _ = Glibc.kill(-process, SIGKILL) }

    /// Waits for its end, and kills it when its time is over.
    ///
    /// - Parameter onEnd: called before its number may become another process's.
    func wait(seconds: Double, onEnd: (pid_t) -> Void) -> Outcome {
        let descriptor = shim_open_process(process)
        defer { if descriptor >= 0 { close(descriptor) } }
        var sources = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        let end = ContinuousClock.now + .seconds(seconds)
        var isLate = false
        while true {
            let left = CInt(max(min((end - .now) / .milliseconds(1), 1e9), 0).rounded(.up))
            let count = poll(&sources, 1, left)
            if count < 0, errno == EINTR { continue }
            isLate = count == 0
            break
        }
        // Also what it has left behind.
        Self.kill(process)
        onEnd(process)
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        if isLate { return .outOfTime }
        return status & 0x7f == 0 ? .ended((status >> 8) & 0xff) : .killed(by: status & 0x7f)
    }
}

/// Why a hook did not do what it should, in one line.
struct HookFault: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension CameraEvent {
    /// What a hook's program finds in its environment: few variables of ours, and the event.
    func variables(_ own: [String: String]) -> [String] {
        let kept = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"].compactMap { name in
            own[name].map { "\(name)=\($0)" }
        }
        let fields: [(String, String?)] = [
            ("EVENT", event.rawValue), ("CAMERA", camera), ("TIME", shortest(time)), ("LABEL", label),
            ("PROBABILITY", probability.map(shortest)), ("PREVIOUS", previous), ("SECONDS", seconds.map(shortest)),
            ("TRACK", track.map(String.init)), ("BOX", box.map { $0.map(String.init).joined(separator: ",") }),
            ("JSON", json),
        ]
        // A name with a zero would end there, and be another one.
        return kept
            + fields.compactMap { name, value in value.map { "CAMSTREAM_\(name)=\($0.replacing("\0", with: ""))" } }
    }
}
