/// What is wrong with one job; the others go on.
package enum JobFailure: Error, Equatable, CustomStringConvertible {
    /// The recording cannot be used, today or tomorrow.
    case badInput(String)
    /// It may go well another time: a network or a device that failed with this recording.
    case tryAgain(String)
    /// The same of what all recordings need: no room, a folder that cannot be written, memory.
    case machine(String)
    /// The program was told to stop.
    case stopped
    /// Neither the recording nor the machine is at fault: nothing of the batch can be done so.
    case fatal(String, exit: Int32)

    package var description: String {
        switch self {
        case .badInput(let text), .tryAgain(let text), .machine(let text), .fatal(let text, _): text
        case .stopped: "stopped"
        }
    }
}
