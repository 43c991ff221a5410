import Glibc
import Pipeline
import Testing

struct HeadroomTests {
    @Test func whatThereIsIsGrantedAndGivenBack() throws {
        for _ in 0..<50 {
            try Headroom.requireMemory(bytes: 64 << 20, for: "for a test")
            try Headroom.requireThreads(3)
        }
    }

    @Test func moreThanTheMachineCanNameIsRefused() {
        // Of 64-bit addresses a process has 2^47 at most.
        let error = #expect(throws: LackOfResources.self) {
            try Headroom.requireMemory(bytes: 1 << 50, for: "for a test")
        }
        #expect(
            "\(error!)".hasPrefix("there is not enough memory for a test: about 1073741824 MB more are needed, and "))
    }

    @Test func aLackOfThreadsSaysHowManyThereAreAndWhatToRaise() {
        #expect(
            "\(LackOfResources.threads(count: 3, needed: 12))"
                == "only 3 of 12 more threads can be started: raise the limit (ulimit -u, TasksMax= of a service, pids.max of a "
                + "container)")
    }
}
