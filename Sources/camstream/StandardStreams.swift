import Glibc

/// Standard input, output and error, as somebody else opened them: to be called first of all.
enum StandardStreams {
    /// Whoever stops reading what the program says does not end it: a recording is worth more than its log.
    ///
    /// A stream that is closed would lend its number to the next file that is opened, and the log would be written into a
    /// recording: it becomes /dev/null.
    static func secure() {
        signal(SIGPIPE, SIG_IGN)
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            let null = open("/dev/null", O_RDWR)  // the lowest number that is free: this one
            guard null >= 0, null != number else { continue }
            dup2(null, number)
            close(null)
        }
    }
}
