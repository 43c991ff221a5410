/// Streams of a file that neither are its video nor go with it, by their numbers.
struct StreamsBeside {
    /// Their packets are handed on by themselves.
    var wanted: Set<Int32> = []
    /// They are not even read.
    var unwanted: Set<Int32> = []
}
