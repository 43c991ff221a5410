/// What is wrong with one job; the others go on.
package enum JobFailure: Error, Equatable, CustomStringConvertible {
    /// The recording cannot be used, today or tomorrow.
    case badInput(String)
    /// It may go well another time, or elsewhere: no room, a device that fails, memory.
    case tryAgain(String)
    /// The program was told to stop.
    case stopped
    /// Neither the recording nor the machine is at fault: nothing of the batch can be done so.
    case fatal(String, exit: Int32)

    package var description: String {
        switch self {
        case .badInput(let text), .tryAgain(let text), .fatal(let text, _): text
        case .stopped: "stopped"
        }
    }
}
