#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics
@testable import WarehouseEngine

@Suite struct SpillStoreTests {
    @Test(arguments: [1, 8, 64, 256])
    func allThreadsTogetherHoldAQuarterOfTheLimit(threads: Int) {
        let limit = 256 << 20
        let context = QueryContext(session: Runner.session, threads: threads, memory: MemoryAccount(limitBytes: limit))
        let bytes = SpillSizes(context).bufferBytes
        #expect(bytes * threads <= limit / 4)
        #expect(bytes >= 128 << 10 && bytes <= limit / 32)
    }

    @Test func theSweepTakesOnlyWhatDeadProcessesLeft() throws {
        let scratch = try ScratchDirectory(), directory = scratch.path
        let dead = try endedProcess()
        let names = ["mlwh-spill-\(dead)-1", "mlwh-spill-\(getpid())-1", "mlwh-spill-\(dead)-2", "mlwh-spill-\(dead)",
                     "mlwh-spill-\(dead)-x", "mlwh-spill--1-1", "spill-\(dead)-1", "notes"]
        for name in names {
            let file = try #require(fopen(directory + "/" + name, "w"))
            // A file that holds something is not ours: ours have lost their names by then.
            if name == names[2] { fputs("text", file) }
            fclose(file)
        }
        SpillStore.sweep(directory)
        for name in names { #expect((access(directory + "/" + name, F_OK) != 0) == (name == names[0]), "\(name)") }
        SpillStore.sweep(directory + "/missing")
    }

    /// The id of a process that has ended.
    private func endedProcess() throws -> pid_t {
        var child = pid_t()
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawnp(&child, "true", nil, nil, arguments, environ) == 0)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return child
    }
}
