import Testing

@testable import Batch

struct SlurmTaskTests {
    @Test(arguments: [nil, "0", "2"]) func aTaskGoesBackUntilItWasTriedOftenEnough(restarts: String?) throws {
        var environment = ["SLURM_JOB_ID": "4711"]
        environment["SLURM_RESTART_COUNT"] = restarts
        #expect(try SlurmRequeue(limit: 3, environment: environment).command == ["scontrol", "requeue", "4711"])
        #expect(try SlurmRequeue(limit: Int(restarts ?? "0") ?? 0, environment: environment).command == nil)
    }

    @Test func itsLineSaysWhichTimeItIs() throws {
        let environment = ["SLURM_JOB_ID": "4711", "SLURM_RESTART_COUNT": "2"]
        #expect(try SlurmRequeue(limit: 5, environment: environment).words == "goes back into Slurm's queue (3 of 5)")
        #expect(
            try SlurmRequeue(limit: 2, environment: environment).words
                == "was tried 3 times and does not go back into Slurm's queue")
    }

    @Test func outsideOfSlurmThereIsNoQueue() {
        #expect(throws: BatchError.noSlurmTask) { try SlurmRequeue(limit: 3, environment: [:]) }
        #expect(throws: BatchError.noSlurmTask) { try SlurmRequeue(limit: 3, environment: ["SLURM_JOB_ID": "-x"]) }
    }

    @Test func theSizeOfAnArrayIsReadFromTheCluster() {
        let config = """
            Configuration data as of 2026-11-30T12:00:00
            MaxArraySize            = 4001
            RequeueExit             = (null)
            """
        #expect(SlurmCluster.maxArraySize(config) == 4001)
        #expect(SlurmCluster.maxArraySize("MaxJobCount = 10000") == nil)
        #expect(SlurmCluster.maxArraySize("MaxArraySize = 0") == nil)
        #expect(SlurmCluster.maxArraySize("") == nil)
    }

    @Test func statesOfTasksAreCounted() {
        let counts = TaskCounts("RUNNING\nRUNNING\nPENDING\n\n      CANCELLED by 1000\n")
        #expect(counts.states == ["running": 2, "pending": 1, "cancelled": 1])
        #expect(counts.words == "2 running, 1 cancelled, 1 pending")
        #expect(counts.ended.words == "1 cancelled")
        #expect(TaskCounts("\n").words == nil)
    }
}
