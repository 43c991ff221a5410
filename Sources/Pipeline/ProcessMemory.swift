import CLinux

/// Settings of the C allocator, for a program that loads much at its start and then runs on in little.
package enum ProcessMemory {
    /// Makes freed blocks of a megabyte and more go back to the system, and keeps the threads' heaps few.
    ///
    /// Without it the allocator learns from the first large block that is freed to keep later ones.
    package static func keepSmall() {
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_ARENA_MAX, 2)
    }

    /// Gives back what was freed, such as the model's file after it was compiled.
    package static func returnFreed() {
        malloc_trim(0)
    }
}
