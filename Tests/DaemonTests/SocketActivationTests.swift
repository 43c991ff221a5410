import Daemon
import Glibc
import Testing

/// One after the other: the numbers of descriptors are the whole process's.
@Suite(.serialized) struct SocketActivationTests {
    private func take(
        _ variables: [String: String], at descriptor: CInt = 3
    ) throws(DaemonError) -> CInt? {
        try SocketActivation.socket(
            ServiceVariables(
                ["LISTEN_PID": "4711"].merging(variables) { $1 }, processID: 4711, firstDescriptor: descriptor))
    }

    private func error(_ variables: [String: String], at descriptor: CInt = 3) -> String? {
        do {
            _ = try take(variables, at: descriptor)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [AF_INET, AF_INET6]) func aListeningSocketIsTakenAndNotInherited(_ domain: CInt) throws {
        let passed = PassedSocket { PassedSocket.tcp(domain) }
        #expect(!passed.isClosedOnExec)
        #expect(try take(["LISTEN_FDS": "1", "LISTEN_FDNAMES": "http"], at: passed.descriptor) == passed.descriptor)
        #expect(passed.isClosedOnExec)
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "0"], ["LISTEN_FDS": "1", "LISTEN_PID": "1"], ["LISTEN_FDS": "1", "LISTEN_PID": ""],
    ]) func withoutASocketForThisProcessThereIsNone(_ variables: [String: String]) throws {
        #expect(try take(variables) == nil)
    }

    @Test func variablesThatAreNotSystemdsAreTold() {
        #expect(
            error(["LISTEN_FDS": "one"])
                == "LISTEN_FDS is 'one' and not a number of sockets: leave it to systemd to set it")
        #expect(
            error(["LISTEN_FDS": "-1"])
                == "LISTEN_FDS is '-1' and not a number of sockets: leave it to systemd to set it")
        #expect(
            error(["LISTEN_FDS": "1", "LISTEN_PID": "self"])
                == "LISTEN_PID is 'self' and not a process number: leave it to systemd to set it")
        #expect(
            error(["LISTEN_FDS": "1"], at: 900)
                == "LISTEN_FDS promises a socket as descriptor 900, which is not open: leave it to systemd to set it")
    }

    @Test func onlyOneListeningTCPSocketIsServed() {
        let file = PassedSocket { open("/dev/null", O_RDONLY) }
        #expect(
            error(["LISTEN_FDS": "1"], at: file.descriptor)
                == "descriptor \(file.descriptor) from systemd is no socket: the .socket unit needs ListenStream= alone"
        )
        let datagrams = PassedSocket { socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) }
        #expect(
            error(["LISTEN_FDS": "1"], at: datagrams.descriptor)
                == "socket \(datagrams.descriptor) from systemd is no stream socket: the .socket unit needs ListenStream="
        )
        let silent = PassedSocket { PassedSocket.tcp(listening: false) }
        #expect(
            error(["LISTEN_FDS": "1"], at: silent.descriptor)
                == "socket \(silent.descriptor) from systemd does not listen: the .socket unit needs Accept=no")
        let local = PassedSocket { PassedSocket.tcp(AF_UNIX, listening: false) }
        #expect(
            error(["LISTEN_FDS": "1"], at: local.descriptor)
                == "socket \(local.descriptor) from systemd is not of TCP: the .socket unit needs an address and a port, "
                + "such as ListenStream=127.0.0.1:8090")
    }

    @Test func severalSocketsAreRefusedByTheirNames() throws {
        let first = PassedSocket { PassedSocket.tcp() }
        let second = PassedSocket { PassedSocket.tcp() }
        try #require(second.descriptor == first.descriptor + 1)
        #expect(
            error(["LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:admin"], at: first.descriptor)
                == "systemd passed 2 sockets (http, admin), and one is served: leave one ListenStream= in the .socket unit"
        )
        #expect(first.isClosedOnExec)
        #expect(second.isClosedOnExec)
    }
}
